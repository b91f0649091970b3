"""Collections as they are held in memory: read when they are first asked for, and again, beside the
old one, when they have changed. While PostgreSQL is away they go on answering.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final, cast

from rackhouse.kit.beside import beside
from rackhouse.kit.memory import settle
from rackhouse.kit.web.problem import Away, NotFound
from rackhouse.services.retrieval.model.collection import Collection
from rackhouse.services.retrieval.model.filters import Columns
from rackhouse.services.retrieval.model.nearness import LARGE
from rackhouse.services.retrieval.model.numbers import Numbers
from rackhouse.services.retrieval.model.passages import Passages
from rackhouse.services.retrieval.model.ranking.held import Held
from rackhouse.services.retrieval.service.large.held import Large, large
from rackhouse.services.retrieval.service.seams import Vector
from rackhouse.services.retrieval.store import collections
from rackhouse.services.retrieval.store.database import Tenancy
from rackhouse.services.retrieval.store.loading import Loaded, load

_log = logging.getLogger(__name__)
_EVERY: Final = 1.0  # seconds between two looks at what changed
_REST: Final = 5.0  # times what loading took, before it is loaded again
_READING: Final = 900.0  # seconds for one that is large, on a machine that is slow
_UNUSED: Final = 1_800.0  # seconds after which memory is given back

Key = tuple[str, str]  # tenant and name


@dataclass(slots=True, kw_only=True)
class Copy:
    """A collection in memory. `lacking` of its `texts` have no vector yet. `large`: its vectors are
    not held, but this in their place.
    """

    collection: Collection
    held: Held
    passages: Passages
    columns: Columns
    numbers: Numbers
    titles: dict[str, str]
    texts: int
    lacking: int
    took: float
    loaded: float
    large: Large | None = None


@dataclass(slots=True)
class _Place:
    """Where a copy stands. `used` is when it was asked last."""

    copy: Copy | None = None
    used: float = 0.0
    loading: asyncio.Lock = field(default_factory=asyncio.Lock)


class Shelf:
    """All that are held. `tenants` answers whose are held before anybody asks; `now` counts
    seconds. Of a collection of more than `large` passages the vectors are not held.
    """

    def __init__(
        self,
        tenancy: Tenancy,
        tenants: Callable[[], Sequence[str]] = tuple,
        now: Callable[[], float] = time.monotonic,
        large: int = LARGE,
    ) -> None:
        self._large = large
        self._tenancy = tenancy
        self._tenants = tenants
        self._now = now
        self._places: dict[Key, _Place] = {}
        self.away = False  # whether PostgreSQL was, when it was looked at last

    def __len__(self) -> int:
        return sum(each.copy is not None for each in self._places.values())

    def passages(self) -> int:
        """How many are held."""
        return sum(len(it.copy.passages) for it in self._places.values() if it.copy)

    async def copy(self, tenant: str, name: str) -> Copy:
        """That collection. NotFound, Away."""
        place = self._places.get((tenant, name))
        if place is None or place.copy is None:
            place = self._places.setdefault((tenant, name), _Place())
            async with place.loading:
                if place.copy is None:
                    await self._load((tenant, name), place)
        if place.copy is None:
            raise NotFound(
                f"there is no collection {name!r}",
                fix="GET /v1/collections lists them",
                param="collections",
            )
        place.used = self._now()
        return place.copy

    async def changed(self, tenant: str, name: str) -> None:
        """Whoever searches from now on finds what is new, where it is held. Away."""
        place = self._places.get((tenant, name))
        if place is None or place.copy is None:
            return
        async with place.loading:
            await self._load((tenant, name), place)

    def forget(self, tenant: str, name: str, document: str) -> None:
        """That document is gone: it is not found from now on, until all is read again."""
        place = self._places.get((tenant, name))
        if place is not None and place.copy is not None:
            place.copy.columns.forget(document)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """It looks after changes as long as it is open."""
        async with beside(self._watch()):
            yield

    async def _watch(self) -> None:
        warm = False
        while True:
            try:
                if not warm:
                    await self.warm()
                    warm = True
                await asyncio.sleep(_EVERY)
                await self.look()
                self.away = False
            except Away:
                self.away = True
                await asyncio.sleep(_EVERY)
            except Exception:  # noqa: BLE001 (a fault of ours: what is held answers on)
                _log.exception("what is held cannot be compared with what is kept")
                await asyncio.sleep(_EVERY)

    async def warm(self) -> None:
        """Hold all, one after the other: reading a large one takes seconds, for which the first to
        search after a start would wait. Away.
        """
        for tenant in self._tenants():
            for each in await self._tenancy.within(tenant, collections.every):
                with contextlib.suppress(NotFound):  # it was removed just now
                    await self.copy(tenant, each.name)

    async def look(self) -> None:
        """Once: give back what nobody uses, load again what has changed. Away."""
        for key, place in [*self._places.items()]:
            unused = self._now() - place.used > _UNUSED
            if not place.loading.locked() and (place.copy is None or unused):
                del self._places[key]
        for tenant in {tenant for tenant, _ in self._places}:
            known = await self._tenancy.within(tenant, collections.every)
            versions = {each.name: each for each in known}
            for key, place in [*self._places.items()]:
                if key[0] == tenant and place.copy is not None:
                    await self._compare(key, place, place.copy, versions.get(key[1]))
        if not self._places:
            await self._tenancy.within("", collections.every)  # is it there?

    async def _compare(self, key: Key, place: _Place, copy: Copy, kept: Collection | None) -> None:
        if kept is not None and kept.version == copy.collection.version:
            return
        rested = self._now() - copy.loaded > _REST * copy.took
        if (kept is None or rested) and not place.loading.locked():
            async with place.loading:
                await self._load(key, place)

    async def _load(self, key: Key, place: _Place) -> None:
        """None where it is not there any more."""
        began = self._now()
        work = partial(load, name=key[1], large=self._large)
        loaded = await self._tenancy.within(key[0], work, patience=_READING, still=True)
        place.copy = None if loaded is None else await asyncio.to_thread(_copy, loaded)
        if place.copy is not None:
            place.copy.loaded = self._now()
            place.copy.took = place.copy.loaded - began
        del loaded
        await asyncio.to_thread(settle)


def _copy(loaded: Loaded) -> Copy:
    """In a thread: it takes seconds where there is much."""
    passages = Passages.taken(loaded.passages)
    return Copy(
        collection=loaded.collection,
        held=Held(
            passages,
            # Of 16 bits, as they are kept: it takes them into 32 itself where it computes.
            cast("dict[str, Vector]", loaded.vectors),
            language=loaded.collection.language or "en",
            codes=loaded.collection.codes,
            near=(loaded.words.words, loaded.words.vectors) if loaded.words else None,
            said=loaded.said,
        ),
        passages=passages,
        columns=Columns(passages),
        numbers=Numbers(passages),
        titles=loaded.titles,
        texts=loaded.texts,
        lacking=loaded.texts - loaded.embedded,
        took=0.0,
        loaded=0.0,
        large=large(loaded.sampled) if loaded.sampled else None,
    )
