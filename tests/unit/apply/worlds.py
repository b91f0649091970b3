"""Small wants over three targets, and applying them to a world in memory."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from rackhouse.apply.converge import Apply, Confirm, converge
from rackhouse.apply.outcome import Observer, Outcome, Silent
from rackhouse.apply.world import World
from rackhouse.kit.errors import Refused
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Plan
from rackhouse.resources.core import Id, Ref, Resource, Text
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.seen import Observed
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Store
from rackhouse.targets.memory import MemoryWorld

TARGETS = ("one", "two", "three")
Want = Mapping[Id, Resource[Any]]


@dataclass(frozen=True)
class Plain:
    """Stands for Process, Database, Route, ..."""

    text: Text = Text()
    version: str = ""


def id_of(text: str) -> Id:
    return Id.parse(text)


def thing(name: str, *, refs: Iterable[str] = (), version: str = "1", **more: Any) -> Resource[Any]:
    """A resource; `refs` are ids that it takes a value from, `needs` (in more) ids as text."""
    more["needs"] = frozenset(map(Id.parse, more.pop("needs", ())))
    more["claims"] = frozenset(more.pop("claims", ()))
    text = Text.of(*(Ref(Id.parse(ref), "value") for ref in refs))
    return Resource(id=Id.parse(name), spec=Plain(text, version), **more)


def want(*resources: Resource[Any]) -> dict[Id, Resource[Any]]:
    return {resource.id: resource for resource in resources}


def wanted(resources: Want, doors: Mapping[str, Id] | None = None) -> Wanted:
    """With a place for each target; `doors` says on which thing a target's place stands."""
    names = {*TARGETS, *(id.target for id in resources), *("machine", "vault", "postgres")}
    return Wanted(
        resources=resources,
        places={
            name: Place(name=name, kind="memory", needs=frozenset({door} if door else ()))
            for name in sorted(names)
            for door in [(doors or {}).get(name)]
        },
    )


async def applying(
    world: MemoryWorld,
    resources: Want,
    tmp: Path,
    *,
    store: Store | None = None,
    doors: Mapping[str, Id] | None = None,
    confirm: Confirm = lambda _: True,
    observer: Observer | None = None,
    **more: Any,
) -> Outcome:
    """A whole apply: lock, look, plan, run, until nothing is left. It leaves no connection open."""
    clock = itertools.count(1)
    looking = World(wanted(resources, doors), store or MemoryStore(), world.open_place)
    order = Apply(
        who="ada",
        what="test",
        confirm=confirm,
        observer=observer or Silent(),
        now=lambda: float(next(clock)),
        **more,
    )
    try:
        return await converge(looking, order, rack="test", lock=tmp / "lock")
    finally:
        await looking.close()
        assert not +world.open, "a connection is left open"


def apply_to(world: MemoryWorld, resources: Want, tmp: Path, **more: Any) -> Outcome:
    """The same from outside a loop. See `applying` for what else it takes."""
    with asyncio.Runner() as runner:
        # A task that was killed is no news to anybody.
        runner.get_loop().set_exception_handler(lambda _loop, _context: None)
        return runner.run(applying(world, resources, tmp, **more))


def look(
    world: MemoryWorld,
    resources: Want,
    *,
    store: Store | None = None,
    doors: Mapping[str, Id] | None = None,
) -> Observed:
    async def go() -> Observed:
        place = World(wanted(resources, doors), store or MemoryStore(), world.open_place)
        try:
            return await place.look()
        finally:
            await place.close()

    return asyncio.run(go())


def plan_for(world: MemoryWorld, resources: Want, **more: Any) -> Plan:
    """The plan. What is refused (two things that hand each other a claim) is no example."""
    try:
        return plan(resources, look(world, resources, **more))
    except Refused:
        assume(False)
        raise


@st.composite
def wants(draw: st.DrawFn, size: int = 7) -> dict[Id, Resource[Any]]:
    """A want without cycles: each thing needs or takes values from earlier ones."""
    names = [
        f"{TARGETS[n % 3]}/{'job' if n == 5 else 'k'}/{'abcdefghijkl'[n]}" for n in range(size)
    ]
    there: list[str] = []
    found: dict[Id, Resource[Any]] = {}
    free = {"x", "y"}
    for name in names:
        if not draw(st.integers(0, 3)):
            continue
        earlier = (
            st.lists(st.sampled_from(there), max_size=2, unique=True) if there else st.just([])
        )
        keep, once = not draw(st.integers(0, 3)), "/job/" in name
        # Data claims nothing, nor does a job that is done: what writes and lives on does.
        claims = {c for c in sorted(free) if not keep and not once and not draw(st.integers(0, 5))}
        free -= claims
        resource = thing(
            name,
            refs=draw(earlier),
            needs=draw(earlier),
            version=str(draw(st.integers(1, 2))),
            claims=claims,
            keep=keep,
            once=once,
            owner=draw(st.sampled_from(["rack", "app", "web"])),
        )
        there.append(name)
        found[resource.id] = resource
    return found
