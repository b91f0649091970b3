"""An index of nearness is built, compared, compared again and dropped; nothing that dies meanwhile
is missed.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import psycopg
import pytest

from fakes.stores import Store
from rackhouse.kit.postgres.database import Connection
from rackhouse.kit.web.problem import Away
from rackhouse.services.retrieval.model.nearness import Space, Standing
from rackhouse.services.retrieval.service.large.gate import Asking
from rackhouse.services.retrieval.store import collections, nearest
from retrieval.crowd import MODEL, Crowd

from .conftest import LARGE, TENANT, Room

CROWD = Crowd(2_000)
SPACE = Space(TENANT, "c", MODEL, CROWD.dimension)


def _scans(room: Room) -> int:
    """How often the index was asked."""
    with psycopg.connect(room.url) as connection:
        row = connection.execute(
            "SELECT coalesce(sum(idx_scan), 0) FROM pg_stat_user_indexes WHERE indexrelname = %s",
            (SPACE.index,),
        ).fetchone()
    assert row is not None
    return int(row[0])


async def test_it_answers_as_soon_as_it_was_compared(room: Room) -> None:
    await room.put(CROWD)
    search, vector = room.search(), CROWD.queries(1)[0]
    await room.found(search, vector)
    assert _scans(room) == 0
    keeper = room.keeper()
    await keeper.look()
    index = await room.index()
    assert index is not None
    assert (index.state, index.vectors, index.said) == (Standing.SERVING, CROWD.size, "")
    assert index.recall is not None
    assert index.recall >= 0.95
    assert index.breadth in {40, 80, 160, 320, 640, 1_000}
    assert keeper.standing == (index,)
    before = _scans(room)

    async def asked() -> bool:
        await room.found(search, vector)
        return _scans(room) > before

    await room.until(asked)  # PostgreSQL counts with a delay


@pytest.mark.slow
async def test_one_that_finds_too_little_never_answers(room: Room) -> None:
    """Of vectors without any clusters it misses some, where it looks at few."""
    crowd = Crowd(4_000, dimension=256, own=20.0)
    await room.put(crowd)
    hard = Asking(least=1.0, breadths=(1,))
    await room.keeper(asking=hard).look()
    index = await room.index()
    assert index is not None
    assert index.state is Standing.REFUSED
    assert index.recall is not None
    assert 0 < index.recall < 1
    assert f"{index.recall:.3f} of the nearest and 1 are asked for" in index.said
    vector = crowd.queries(1)[0]
    held, far = room.search(large=10**6), room.search()
    assert await room.rows(far, vector) == await room.rows(held, vector)


@pytest.mark.slow
async def test_one_that_cannot_be_built_is_said_and_holds_up_no_other(room: Room) -> None:
    """pgvector indexes no vectors of more than 4,000 numbers."""
    wide = Crowd(LARGE + 1, dimension=4_096)
    await room.put(wide)
    await room.put(CROWD, name="d")
    with pytest.raises(psycopg.Error, match="4000 dimensions"):
        await room.keeper().look()
    index, other = await room.index(), await room.index("d")
    assert index is not None
    assert index.state is Standing.BUILDING
    assert "cannot have more than 4000 dimensions" in index.said
    assert other is not None
    assert other.state is Standing.SERVING
    assert (await room.rows(room.search(), wide.vectors[17]))[0] == 17


@pytest.mark.slow
async def test_a_collection_that_has_grown_is_compared_again(room: Room) -> None:
    await room.put(CROWD)
    keeper = room.keeper()
    await keeper.look()
    first = await room.index()
    await room.put(Crowd(2_100), start=CROWD.size)
    await keeper.look()
    assert await room.index() == first  # as good as before
    await room.put(Crowd(3_000), start=2_100)
    await keeper.look()
    index = await room.index()
    assert index is not None
    assert (index.state, index.vectors) == (Standing.SERVING, 3_000)
    far = room.search()
    new = Crowd(3_000).vectors[2_900]
    assert 2_900 in await room.rows(far, new)


@pytest.mark.parametrize("how", ["removed", "smaller", "another model"])
async def test_one_that_nobody_needs_is_dropped(room: Room, how: str) -> None:
    await room.put(CROWD)
    await room.keeper().look()
    assert await room.valid(SPACE)

    async def work(connection: Connection) -> None:
        if how == "removed":
            await collections.remove(connection, "c")
        elif how == "another model":
            await connection.execute("UPDATE collections SET model = 'n', version = version + 1")
        else:
            await connection.execute("DELETE FROM documents WHERE id > 'd2'")
            await collections.grow(connection, "c")

    await room.tenancy.within(TENANT, work)
    await room.keeper().look()
    assert not await room.valid(SPACE)
    assert await room.index() is None


async def test_each_tenant_finds_its_own(room: Room) -> None:
    other = Crowd(CROWD.size, seed=9)
    await room.put(CROWD)
    await room.put(other, owner="notes")
    keeper = room.keeper(tenants=(TENANT, "notes"))
    await keeper.look()
    assert {each.space.tenant for each in keeper.standing} == {TENANT, "notes"}
    assert [each.state for each in keeper.standing] == [Standing.SERVING] * 2
    theirs = Space("notes", "c", MODEL, other.dimension)
    for space, count in ((SPACE, 20), (theirs, 0)):
        for work in (
            partial(nearest.by_index, space=space, vector=other.vectors[0], count=20, breadth=40),
            partial(nearest.exactly, space=space, vector=other.vectors[0], count=20),
        ):
            assert len(await room.tenancy.within(TENANT, work)) == count


@pytest.mark.slow
async def test_postgresql_dies_while_it_is_built(room: Room, server: Store) -> None:
    crowd = Crowd(6_000)
    await room.put(crowd)
    async with room.keeper().running():

        async def building() -> bool:
            index = await room.index()
            return index is not None and index.progress is not None

        await room.until(building)
        assert not await room.valid(SPACE)
        server.kill()
        server.start()

        async def serving() -> bool:
            try:
                index = await room.index()
            except Away:
                return False
            return index is not None and index.state is Standing.SERVING

        await room.until(serving)
    assert await room.valid(SPACE)
    assert await _leftovers(room) == 1
    far, held = room.search(), room.search(large=10**6)
    for vector in crowd.queries(5):
        one, other = await room.rows(far, vector), await room.rows(held, vector)
        assert len({*one} & {*other}) >= 9


async def _leftovers(room: Room) -> int:
    async def work(connection: Connection) -> int:
        row = await (
            await connection.execute(
                "SELECT count(*) FROM pg_class WHERE relname LIKE 'vectors_near_%'"
            )
        ).fetchone()
        assert row is not None
        return int(row[0])

    return await room.tenancy.within(TENANT, work)


@pytest.mark.slow
async def test_two_processes_build_one(room: Room) -> None:
    await room.put(CROWD)
    async with room.keeper().running(), room.keeper().running():

        async def serving() -> bool:
            index = await room.index()
            return index is not None and index.state is Standing.SERVING

        await room.until(serving)
    assert await _leftovers(room) == 1


async def test_what_is_not_large_has_none(room: Room) -> None:
    await room.put(Crowd(LARGE))
    keeper = room.keeper()
    await keeper.look()
    assert keeper.standing == ()
    rows = await room.rows(room.search(), Crowd(LARGE).vectors[17])
    assert rows[0] == 17
    assert np.unique(rows).size == 10
