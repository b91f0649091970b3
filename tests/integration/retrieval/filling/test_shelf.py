"""What is held in memory: read once, again when it changed, and given back when nobody asks."""

from __future__ import annotations

import asyncio

import pytest

from rackhouse.kit.web.problem import NotFound
from rackhouse.services.retrieval.service.shelf import Shelf

from .conftest import TENANT, Room, document


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def test_all_are_held_after_a_start(room: Room) -> None:
    async with room.filled(document("d", "one", "two")):
        shelf = Shelf(room.tenancy, lambda: (TENANT, "nobody"))
        assert len(shelf) == 0
        await shelf.warm()
        assert (len(shelf), shelf.passages()) == (1, 2)
        copy = await shelf.copy(TENANT, "c")
        assert (copy.texts, copy.lacking) == (2, 0)
        with pytest.raises(NotFound):
            await shelf.copy("nobody", "c")


async def test_it_is_read_again_when_it_has_changed_and_not_otherwise(room: Room) -> None:
    async with room.filled(document("d", "one")):
        clock = Clock()
        shelf = Shelf(room.tenancy, now=clock)
        first = await shelf.copy(TENANT, "c")
        clock.now += 1
        await shelf.look()
        assert await shelf.copy(TENANT, "c") is first
        await room.ended(await room.post(document("e", "two")))
        await shelf.look()
        second = await shelf.copy(TENANT, "c")
        assert len(first.passages) == 1  # whoever searches in the old one goes on
        assert len(second.passages) == 2


async def test_many_who_ask_first_read_it_once(room: Room) -> None:
    async with room.filled(document("d", "one")):
        shelf = Shelf(room.tenancy)
        copies = await asyncio.gather(*(shelf.copy(TENANT, "c") for _ in range(8)))
        assert len({id(each) for each in copies}) == 1


async def test_memory_is_given_back(room: Room) -> None:
    async with room.filled(document("d", "one")):
        clock = Clock()
        shelf = Shelf(room.tenancy, now=clock)
        await shelf.copy(TENANT, "c")
        with pytest.raises(NotFound):
            await shelf.copy(TENANT, "none")
        clock.now += 1_700
        await shelf.look()
        assert len(shelf) == 1
        clock.now += 200
        await shelf.look()
        assert len(shelf) == 0
        assert not shelf._places


async def test_what_is_removed_is_held_no_more(room: Room) -> None:
    async with room.filled(document("d", "one")):
        shelf = Shelf(room.tenancy)
        await shelf.copy(TENANT, "c")
        await room.tenancy.within(TENANT, lambda c: c.execute("DELETE FROM collections"))
        await shelf.look()
        with pytest.raises(NotFound):
            await shelf.copy(TENANT, "c")
        await room.put()
        assert not len((await shelf.copy(TENANT, "c")).passages)
