"""The objects of a Kubernetes cluster: a rack and its applications in, typed manifests out. Pure.

Each application has a namespace of its own name, closed to all but what its file declares. Knows no
target: nothing here asks a cluster anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from rackhouse.app.model import App, Kind
from rackhouse.desired import data
from rackhouse.desired.case import Case, Ground
from rackhouse.desired.facts import Facts
from rackhouse.desired.kube import guards, platform, policies, postgres, throwaway
from rackhouse.desired.kube.doors import ingress, service
from rackhouse.desired.kube.home import Home, cluster_of, target
from rackhouse.desired.kube.pods import pod
from rackhouse.desired.kube.reach import (
    PROVISIONERS,
    Answered,
    answered,
    callers,
    listens,
)
from rackhouse.desired.kube.workloads import workloads
from rackhouse.desired.platform.pins import UNPINNED, Pins
from rackhouse.desired.provision import Provision
from rackhouse.desired.refused import check_circles, refuse
from rackhouse.desired.routes import called
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.tools import Tools

Answers = list[tuple[Case, Answered]]
Callers = Mapping[str, tuple[tuple[str, int], ...]]

__all__ = ["application", "cluster_of", "kube", "preview", "target"]

# Nothing on a cluster is made of what this machine has.
_NO_TOOLS = Tools(python="", postgres_bin="", valkey="", weed="", traefik="", uv="")


def kube(
    rack: Rack,
    apps: Sequence[App],
    given: Collection[str],
    cluster: str = "",
    pins: Pins = UNPINNED,
) -> Mapping[Id, Resource[Any]]:
    """All that one cluster holds; the rack's first when none is named.

    `given` holds `app.name` of every secret that a person set or will. Applications without a
    release, and those of other clusters, are passed over. Raises FileError with every problem of
    every application.
    """
    cluster = cluster_of(rack, cluster)
    ground = ground_of(rack, apps, given, cluster)
    home = Home(rack=rack.name, cluster=cluster, namespace=platform.DATA)
    found = list(_once(_all(ground, home, pins)))
    check_circles(ground)
    refuse(ground)
    return {it.id: it for it in sorted(postgres.placed(rack, home, found), key=lambda it: it.id)}


def application(
    rack: Rack, app: App, beside: Sequence[App], given: Collection[str], cluster: str = ""
) -> Mapping[Id, Resource[Any]]:
    """What `kube` has of one application alone. `beside`: those that it speaks to, or that speak to
    it. FileError with every problem of its own; addresses that others have are not looked at.
    """
    ground = ground_of(rack, [app, *beside], given, cluster_of(rack, cluster))
    return _alone(ground, app, platform.DATA)


def preview(rack: Rack, app: App, cluster: str = "") -> Mapping[Id, Resource[Any]]:
    """What a preview consists of: an application of that name which reaches nothing but its own.
    Raises as `application`.
    """
    there = ground_of(rack, [app], throwaway.secrets(app), cluster_of(rack, cluster))
    ground = throwaway.ground(there, app)
    found = [*_alone(ground, app, app.name).values(), *throwaway.server(ground.case(app.name))]
    return {it.id: throwaway.made_up(it) for it in found}


def _alone(ground: Ground, app: App, data: str) -> Mapping[Id, Resource[Any]]:
    """One application, where the data services are in the namespace `data`."""
    case = ground.case(app.name)
    home = Home(rack=ground.rack.name, cluster=Home.of(case).cluster, namespace=data)
    found = list(_once(_application(case, callers(ground), [])))
    refuse(ground)
    mine = (it for it in postgres.placed(ground.rack, home, found) if it.owner == app.name)
    return {it.id: it for it in sorted(mine, key=lambda it: it.id)}


def ground_of(rack: Rack, apps: Sequence[App], given: Collection[str], cluster: str) -> Ground:
    """What applications stand on there: the data services, and each other."""
    entries = {entry.name: entry.cluster for entry in rack.applications}
    here = {
        app.name: app
        for app in apps
        if app.release is not None and cluster_of(rack, entries.get(app.name, "")) == cluster
    }
    return Ground(
        rack=rack,
        facts=Facts(tools=_NO_TOOLS, given=frozenset(given)),
        parts=postgres.parts(rack),
        apps=here,
        called=called(here.values()),
    )


def _all(ground: Ground, home: Home, pins: Pins) -> Iterator[Resource[Any]]:
    who = callers(ground)
    answers: Answers = []
    users: dict[platform.Party, list[Case]] = {}
    for name in sorted(ground.apps):
        case = ground.case(name)
        yield from _application(case, who, answers)
        for party in policies.data_services(case):
            users.setdefault(party, []).append(case)
    _check_answers(ground.rack, answers)
    yield from guards.priorities(home)
    if ground.parts:
        yield guards.namespace(home)
        yield policies.closed(home)
        yield from policies.of_data(home, users)
    if "postgres" in ground.parts:
        yield from postgres.servers(ground, home, pins)


def _application(case: Case, who: Callers, answers: Answers) -> Iterator[Resource[Any]]:
    _check_name(case)
    provision = Provision(case, PROVISIONERS, listens)
    for provided in provision.all().values():
        yield from provided.resources
    made = pod(case, provision)
    mine = answered(case, provision) if case.app.kind in {Kind.WEB, Kind.STATIC} else ()
    answers += [(case, it) for it in mine]
    yield from guards.guards(case, made)
    yield from policies.policies(case, mine, who.get(case.app.name, ()))
    yield from workloads(case, made)
    yield from service(case)
    yield from ingress(case, mine)


def _once(found: Iterable[Resource[Any]]) -> Iterator[Resource[Any]]:
    """What several want is theirs together."""
    seen: dict[Id, Resource[Any]] = {}
    for it in found:
        other = seen.get(it.id)
        both = it if other is None else data.merged(other, it)
        assert both is not None, f"two different things are called {it.id}"
        seen[it.id] = both
    yield from seen.values()


def _check_name(case: Case) -> None:
    if platform.reserved(case.app.name):
        case.say(
            "metadata.name",
            "reserved-name",
            f"{case.app.name!r} is the name of a namespace that is not an application's",
            "give the application another name: `rackhouse deploy FOLDER --name NAME`",
        )


def _check_answers(rack: Rack, answers: Answers) -> None:
    """Note every address that two routes want. The first by name keeps it."""
    holders = {(rack.domain, "/"): "the console", (f"git.{rack.domain}", "/"): "the forge"}
    for case, it in answers:
        at = (it.host, it.path.rstrip("/") or "/")
        holder = holders.setdefault(at, f"{case.app.name}/{it.need}")
        if holder != f"{case.app.name}/{it.need}":
            case.say(
                f"resources.{it.need}",
                "route-taken",
                f"{holder} has the address {''.join(at)} already",
                "give one of the two another `host` or `path` in the params of its route",
            )
