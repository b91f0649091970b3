"""Whether a step's action can be had: a stand-in, a folder of the repository, a remote. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rackhouse.kit import yaml
from rackhouse.kit.yaml import Kind, Node
from rackhouse.workflows.offers import ACTIONS, action_of

Read = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What there is: a container engine, the Internet, and the repository's files by path.

    `judged`: files that were, so that each is read once, however often it is used.
    """

    has_engine: bool
    online: bool
    read: Read | None = None
    judged: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an action, and how to mend it."""

    rule: str
    what: str
    fix: str


def judge(uses: str, world: World, inside: tuple[str, ...] = ()) -> Iterator[Wrong]:
    """Why `uses` cannot be had; nothing when it can. `inside`: the local actions that use it."""
    if uses.startswith("docker://"):
        if not world.has_engine:
            what = f"{uses!r} is an image, and there is no container engine here"
            yield Wrong("job-container", what, "run its program in a `run:` step, or install one")
    elif uses.startswith("./"):
        if world.read is not None:
            yield from _local(uses, world, inside)
    elif "://" in uses:
        what = f"{uses!r} is an address, and actions are known by OWNER/NAME here"
        yield Wrong("job-action", what, f"write {uses.partition('://')[2].partition('/')[2]}")
    elif action_of(uses) not in ACTIONS and not world.online:
        what = f"{uses!r} is on the Internet, and this rack runs jobs without it"
        ours = ", ".join(name for name in ACTIONS if name.count("/") == 1)
        fix = f"do it in a `run:` step; these are here: {ours}; or have real ones fetched:"
        fix += " `rackhouse repository set NAME --real-actions`"
        yield Wrong("job-action", what, fix)


def _local(uses: str, world: World, inside: tuple[str, ...]) -> Iterator[Wrong]:
    """A folder of the repository with an `action.yml`, and the actions that it uses."""
    folder = uses.removeprefix("./").rstrip("/")
    if folder in inside:
        yield Wrong("job-action", f"the action in {folder!r} uses itself", "let it not")
        return
    if folder in world.judged:
        return
    world.judged.add(folder)
    found = _described(folder, world)
    if found is None:
        what = f"there is no action.yml in {folder!r}"
        yield Wrong("job-action", what, "commit it, or correct the path")
        return
    runs = _values(found.get("runs"))
    using = runs["using"].text if "using" in runs else ""
    if using == "docker" and not world.has_engine:
        what = f"the action in {folder!r} is an image, and there is no container engine here"
        yield Wrong("job-container", what, "make it a composite action, or install one")
    elif using != "composite" and not using.startswith(("node", "docker")):
        what = f"the action in {folder!r} says no `runs.using` that is known"
        yield Wrong("job-action", what, "write `using: composite`")
    elif using == "composite" and "steps" in runs:
        for step in runs["steps"].items:
            inner = _values(step).get("uses")
            if inner is not None and inner.kind is Kind.SCALAR:
                for it in judge(inner.text, world, (*inside, folder)):
                    yield Wrong(it.rule, f"{folder}/action.yml: {it.what}", it.fix)


def _described(folder: str, world: World) -> Mapping[str, Node] | None:
    """The action's file; None when there is none that can be read."""
    prefix = f"{folder}/" if folder and folder != "." else ""
    for name in ("action.yml", "action.yaml"):
        text = world.read(f"{prefix}{name}") if world.read else None
        if text is not None:
            return _values(yaml.parse(text).root)
    return None


def _values(node: Node | None) -> dict[str, Node]:
    return {key.text: value for key, value in node.pairs} if node else {}
