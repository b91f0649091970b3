"""Who waits for whom: order among applications, containers and resources, without circles. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from rackhouse.app.model import App, Need, ResourceType
from rackhouse.kit.errors import FileError, Problem

GATEWAY = "gateway"  # the service that models are asked for at; no other application is called so
RETRIEVAL = "retrieval"  # likewise the one that collections of texts are searched at
SPEAKS = frozenset({ResourceType.SERVICE, ResourceType.LLM, ResourceType.RETRIEVAL})
_AT = {ResourceType.LLM: GATEWAY, ResourceType.RETRIEVAL: RETRIEVAL}


def application(need: Need) -> str:
    """The application that a need of one means: its `id`, else the need's own name. Whoever asks
    for a model speaks to the gateway, and who searches texts to retrieval.
    """
    return _AT.get(need.type) or need.id or need.name


def services(app: App) -> tuple[Need, ...]:
    """The needs of `app` for other applications."""
    return tuple(need for need in app.needs if need.type in SPEAKS) + resolvers(app)


def resolvers(app: App) -> tuple[Need, ...]:
    """The needs for those that retrieval asks for references, in the queries of `app`."""
    return tuple(
        Need(name=need.name, type=ResourceType.SERVICE, id=name, line=need.line)
        for need in app.needs
        if need.type is ResourceType.RETRIEVAL
        and isinstance(name := dict(need.params).get("resolver"), str)
    )


def check_services(apps: Iterable[App]) -> None:
    """FileError, naming the circle, when applications need each other in one."""
    known = {app.name: app for app in apps}
    circle = find_circle({app.name: [*map(application, services(app))] for app in known.values()})
    if not circle:
        return
    first, second = circle[0], circle[1]
    need = next(need for need in services(known[first]) if application(need) == second)
    problem = Problem(
        line=need.line,
        rule="service-circle",
        path=f"resources.{need.name}",
        what=f"these applications need each other: {' -> '.join(circle)}",
        fix="take one of these resources away, and let one application call back or use a queue",
    )
    raise FileError(f"{first}/score.yaml", [problem])


def find_circle(edges: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """One circle as `("a", "b", "a")`, the same for the same edges; empty when there is none.

    What an edge points to need not be a key. Time is linear in the edges.
    """
    done: set[str] = set()
    for start in sorted(edges):
        path: dict[str, None] = {}  # in order, and quick to ask
        ahead = [iter((start,))]
        while ahead:
            node = next(ahead[-1], None)
            if node is None:
                ahead.pop()
                if path:
                    done.add(path.popitem()[0])
            elif node in path:
                nodes = [*path]
                return (*nodes[nodes.index(node) :], node)
            elif node not in done:
                path[node] = None
                ahead.append(iter(sorted(edges.get(node, ()))))
    return ()
