"""A world in memory: the shipped twin of every target, for tests of whatever plans and applies.

It can be killed at any moment, made to fail, tampered with and cut off, and it checks at every
change what must hold at every moment. Nothing here is used by a rack.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rackhouse.kit.errors import Missing, NotOurs, Unavailable
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.place import Place
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.protocol import Say


class Killed(SystemExit):
    """`kill -9`, as seen from inside: nothing that follows has any effect on the world."""


@dataclass(slots=True)
class Thing:
    """One thing that is there. `stamp` None: a stranger made it."""

    stamp: Stamp | None
    body: str
    version: str
    ready: bool = True


@dataclass(slots=True)
class MemoryWorld:
    """All that is there, on every target.

    `kill_at` counts the changes until the kill. `faults` has the error with which making or
    removing a thing fails; what is `stuck` is never done making. Targets named in `unreachable`
    raise Unavailable. `log` is what happened: `ensure ID`, `remove ID`. `open` counts the targets
    that have not been closed, by name.
    """

    things: dict[Id, Thing] = field(default_factory=dict)
    kill_at: int | None = None
    ticks: int = 0
    faults: dict[Id, Exception] = field(default_factory=dict)
    stuck: set[Id] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    made: int = 0
    open: Counter[str] = field(default_factory=Counter)

    def open_place(self, place: Place, address: Mapping[str, str]) -> MemoryTarget:
        """The target of that name: an `apply.targets.OpenPlace`."""
        self.open[place.name] += 1
        return MemoryTarget(self, place.name, dict(address))

    def revive(self) -> None:
        """After a kill: from now on, changes have effect again."""
        self.kill_at, self.ticks = None, 0

    def tick(self) -> None:
        """One moment at which it can be killed; once dead, it stays so until `revive`."""
        self.ticks += 1
        self.alive()

    def alive(self) -> None:
        """Killed when it is dead: a step that ran beside the last moment goes no further."""
        if self.kill_at is not None and self.ticks >= self.kill_at:
            raise Killed

    def by_hand(self, id: Id) -> None:
        """Somebody changes the thing without telling the rack."""
        self.things[id].body += " changed by hand"

    def rotate(self, id: Id) -> None:
        """Its outputs get other values, as a secret's do."""
        self.made += 1
        self.things[id].version = f"rotated {self.made}"

    def stranger(self, id: Id) -> None:
        """Somebody else makes a thing of that name."""
        self.things[id] = Thing(None, "a stranger's", "1")

    def picture(self) -> Mapping[Id, tuple[str, bool]]:
        """Each thing of ours by digest, and whether it is wholly made: equal worlds, equal
        pictures.
        """
        return {
            id: (thing.stamp.digest, bool(thing.stamp.found))
            for id, thing in sorted(self.things.items())
            if thing.stamp is not None
        }

    def check(self) -> None:
        """What must hold at every moment of what can be seen. AssertionError when it does not."""
        holders: dict[str, Id] = {}
        for id, thing in self.things.items():
            seen = thing.stamp if id.target not in self.unreachable else None
            for claim in seen.holds if seen else ():
                assert claim not in holders, f"{claim} is held by {id} and {holders[claim]}"
                holders[claim] = id


@dataclass(slots=True)
class MemoryTarget:
    """One target of a `MemoryWorld`; a `targets.protocol.Target`."""

    world: MemoryWorld
    name: str
    address: Mapping[str, str] = field(default_factory=dict)

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What is there."""
        await self._reach()
        return [
            _seen(id, thing)
            for id, thing in sorted(self.world.things.items())
            if id.target == self.name
            and (id in ids if ids is not None else thing.stamp is not None)
        ]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Make it in three moments: the stamp, the body, the fingerprint."""
        await self._reach()
        world, id = self.world, resource.id
        thing = world.things.get(id)
        if thing is not None and thing.stamp is None:
            raise NotOurs(f"{id} is a stranger's", fix="move it away")
        if thing is None:
            world.made += 1
            thing = Thing(stamp, "", f"made {world.made}")
        await self._moment()
        thing.stamp = stamp
        world.things[id] = thing
        world.check()
        say("making it")
        if id in world.stuck:
            await asyncio.Event().wait()
        await self._moment()
        if fault := world.faults.get(id):
            raise fault
        filled = sorted(f"{ref}={values[ref].reveal()}" for ref in resource.refs)
        thing.body, thing.ready = f"{resource.text} {filled}", True
        await self._moment()
        thing.stamp = stamp.finished(_fingerprint(thing.body))
        world.log.append(f"ensure {id}")
        await self._moment()
        return _seen(id, thing)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete it."""
        await self._reach()
        say("removing it")
        await self._moment()
        if fault := self.world.faults.get(seen.id):
            raise fault
        thing = self.world.things.get(seen.id)
        assert thing is None or thing.stamp is not None, f"{seen.id} is a stranger's"
        self.world.things.pop(seen.id, None)
        self.world.log.append(f"remove {seen.id}")
        await self._moment()

    async def output(self, ref: Ref) -> Hidden:
        """A value that changes with the version of the thing."""
        await self._reach()
        thing = self.world.things.get(ref.to)
        if thing is None:
            raise Missing(f"{ref.to} is not there, so it has no {ref.output}")
        return Hidden(f"<{ref.output} of {ref.to}, {thing.version}>")

    async def close(self) -> None:
        """Let go of the connection; once."""
        self.world.open[self.name] -= 1

    async def _moment(self) -> None:
        """A moment at which it can be killed, and at which steps that run beside it go on."""
        self.world.tick()
        await asyncio.sleep(0)
        self.world.alive()

    async def _reach(self) -> None:
        """Over a wire, so that others get on meanwhile."""
        await asyncio.sleep(0)
        if self.name in self.world.unreachable:
            raise Unavailable(f"{self.name} does not answer")


def _seen(id: Id, thing: Thing) -> Seen:
    return Seen(
        id=id,
        stamp=thing.stamp,
        found=_fingerprint(thing.body),
        version=thing.version,
        ready=thing.ready,
        why="" if thing.ready else "it is said not to be",
    )


def _fingerprint(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]
