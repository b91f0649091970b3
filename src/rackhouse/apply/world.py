"""The world as apply sees it: opens places when their providers are there, and looks.

A place whose provider is still to be made or mended is *later*: it is looked at when it opens. One
that should answer and does not is *blind*: nothing there is touched. What things on such places use
and claim is known from the last time that they were seen.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from rackhouse.apply import last_seen
from rackhouse.apply.targets import OpenPlace
from rackhouse.kit.errors import RackhouseError, Unavailable
from rackhouse.plan.verdict import verdict
from rackhouse.resources.core import Hidden, Id, Ref
from rackhouse.resources.place import Place, Wanted, machine_of
from rackhouse.resources.seen import Observed, Seen
from rackhouse.store.protocol import Store
from rackhouse.targets.protocol import Target


@dataclass(frozen=True)
class World:
    """The places of one `Wanted`. `close` when done: it holds connections.

    `unheard` are places that are blind whatever they answer, each with the reason.
    """

    wanted: Wanted
    store: Store
    open_place: OpenPlace
    unheard: Mapping[str, str] = field(default_factory=dict)
    _open: dict[str, Target] = field(default_factory=dict)

    async def look(self) -> Observed:
        """Everything that carries this rack's stamp or stands where something is wanted."""
        seen: dict[Id, Seen] = {}
        later: set[str] = set()
        known = self.wanted.places
        blind = {name: why for name, why in self.unheard.items() if name in known}
        heard = [place for name, place in known.items() if name not in blind]
        for wave in waves(heard):
            asked = [place for place in wave if place.over not in blind]
            blind |= {it.name: f"{it.over} cannot be seen" for it in wave if it not in asked}
            ready = [place for place in asked if not self._not_yet(place, seen, later)]
            later |= {place.name for place in asked} - {place.name for place in ready}
            ends = await asyncio.gather(
                *(self._look_at(place, seen, blind) for place in ready), return_exceptions=True
            )
            for end in ends:
                if end is not None:
                    raise end
        open_places = self.wanted.places.keys() - later - blind.keys()
        uses, claims = last_seen.recall(self.store, except_for=open_places)
        return Observed(
            seen=seen,
            later=frozenset(later),
            blind=blind,
            unseen_uses=uses,
            unseen_claims=claims,
        )

    async def _look_at(self, place: Place, seen: dict[Id, Seen], blind: dict[str, str]) -> None:
        """Add what is there to `seen`, or to `blind` why that cannot be told."""
        try:
            found = await self._observe(place.name)
        except RackhouseError as error:
            if not (isinstance(error, Unavailable) or machine_of(place.name)):
                raise
            blind[place.name] = str(error)  # no other machine stands in the way of the rest
            return
        seen |= found
        if place.before or place.address:  # any other is here, and never out of sight
            last_seen.remember(self.store, place.name, found.values())

    async def glance(self, ids: Collection[Id]) -> Observed:
        """These things alone, now."""
        by_target: dict[str, set[Id]] = defaultdict(set)
        for id in ids:
            by_target[id.target].add(id)
        seen: dict[Id, Seen] = {}
        for name, wanted in sorted(by_target.items()):
            target = await self.target(name)
            seen |= {thing.id: thing for thing in await target.observe(wanted)}
        return Observed(seen=seen)

    async def target(self, name: str) -> Target:
        """The target of that name, opened. Unavailable when its address is not known yet."""
        if name not in self._open:
            place = self.wanted.places[name]
            values = await self.values({r for text in place.address.values() for r in text.refs})
            address = {key: text.fill(values) for key, text in place.address.items()}
            if name not in self._open:  # another step may have opened it meanwhile
                self._open[name] = self.open_place(place, address)
        return self._open[name]

    async def values(self, refs: Collection[Ref]) -> Mapping[Ref, Hidden]:
        """The value of each reference, asked of the target that has it."""
        return {ref: await (await self.target(ref.to.target)).output(ref) for ref in refs}

    async def reopen(self, provider: Id) -> None:
        """Forget the connections that lead over `provider`, which has just been changed."""
        for name in [n for n in self._open if provider in self.wanted.places[n].before]:
            await self._open.pop(name).close()

    async def close(self) -> None:
        """Let go of every connection, also when one of them fails to close."""
        async with AsyncExitStack() as stack:
            while self._open:
                _, target = self._open.popitem()
                stack.push_async_callback(target.close)

    async def _observe(self, name: str) -> dict[Id, Seen]:
        """What carries our stamp, and whatever stands where something is wanted."""
        target = await self.target(name)
        ours = await target.observe(None)
        found = {thing.id: thing for thing in ours}
        missing = [i for i in self.wanted.resources if i.target == name and i not in found]
        strangers = await target.observe(missing) if missing else ()
        return found | {thing.id: thing for thing in strangers}

    def _not_yet(self, place: Place, seen: Mapping[Id, Seen], later: Collection[str]) -> bool:
        """Whether something that the place stands on is still to be made or mended."""
        so_far = Observed(seen=seen, later=frozenset(later))
        for provider in place.before:
            resource = self.wanted.resources.get(provider)
            try:
                if resource is None or verdict(resource, so_far) is not None:
                    return True
            except RackhouseError:  # the planner says it, with the whole picture before it
                return True
        return False


def waves(places: Collection[Place]) -> Iterator[list[Place]]:
    """Those that can be looked at together: what each stands on was looked at in a wave before.

    So one that is silent is waited for beside the others. Places that stand on each other come one
    by one.
    """
    left = sorted(places, key=lambda each: (len(each.before), each.name))
    while left:
        names = {place.name for place in left}
        free = [it for it in left if not {id.target for id in it.before} & names - {it.name}]
        wave = free or left[:1]
        yield wave
        gone = {place.name for place in wave}
        left = [place for place in left if place.name not in gone]
