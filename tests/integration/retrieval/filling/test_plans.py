"""What is asked again and again while a collection fills costs as much as there is, and not its
square: PostgreSQL has no statistics of tables that just grew, and takes them to be empty.
"""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.store import collections, loading, vectors

from .conftest import TENANT, Room, document

ASKED: dict[str, tuple[str, Any]] = {
    "lacking": (
        vectors._LACKING,
        {"collection": "c", "model": "m", "count": 128, "after": b""},
    ),
    "lacked": (vectors._LACKED, ("c", "m")),
    "counted": (collections._COUNTED, {"name": "c"}),
}


WHOLE: dict[str, tuple[str, Any]] = {
    "passages": (loading._PASSAGES, ("c",)),
    "texts": (loading._TEXTS, ("m", "c")),
    "hashes": (loading._HASHES, ("m", "c")),
}


@pytest.mark.parametrize("name", [*WHOLE])
async def test_a_whole_collection_is_read_at_a_sweep(room: Room, name: str) -> None:
    statement, values = WHOLE[name]

    async def plan(connection: Connection) -> str:
        await loading.load(connection, "c")
        said = f"EXPLAIN {statement}"
        rows = await (await connection.execute(said, values)).fetchall()  # type: ignore[arg-type]
        return "\n".join(line for (line,) in rows)

    async with room.filled(document("d", "one text", "another")):
        told = await room.tenancy.within(TENANT, plan, still=True)
    assert "Nested Loop" not in told, told


@pytest.mark.parametrize("name", [*ASKED])
async def test_each_text_is_one_look_into_the_index_of_vectors(room: Room, name: str) -> None:
    statement, values = ASKED[name]

    async def plan(connection: Connection) -> str:
        await connection.execute(vectors._BY_INDEX)
        said = f"EXPLAIN (ANALYZE, TIMING OFF) {statement}"
        rows = await (await connection.execute(said, values)).fetchall()  # type: ignore[arg-type]
        return "\n".join(line for (line,) in rows)

    room.batch = 128
    async with room.filled(document("d", *(f"text number {at}" for at in range(500)))):
        told = await room.tenancy.within(TENANT, plan)
    assert "vectors_pkey" in told
    assert "Rows Removed by Join Filter" not in told, told
