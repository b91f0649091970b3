"""Indexes of nearness as rows: how each stands, for every process of this service."""

from __future__ import annotations

from typing import Any, Final

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.nearness import Index, Space, Standing

_PUT: Final = """
INSERT INTO indexes (tenant, collection, model, dimension, state, vectors, recall, breadth, said)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (tenant, collection) DO UPDATE SET model = excluded.model,
    dimension = excluded.dimension, state = excluded.state, vectors = excluded.vectors,
    recall = excluded.recall, breadth = excluded.breadth, said = excluded.said, at = now()
"""
_ALL: Final = """
SELECT tenant, collection, model, dimension, state, vectors, recall, breadth, said FROM indexes
"""
_BREADTH: Final = """
SELECT breadth FROM indexes
WHERE collection = %s AND model = %s AND dimension = %s AND state = 'serving'
"""
_VALID: Final = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
_REMOVE: Final = "DELETE FROM indexes WHERE collection = %s"
# Of the one that is being built: PostgreSQL tells it to the role that builds.
_PROGRESS: Final = """
SELECT max(blocks_done::float / nullif(blocks_total, 0)) FROM pg_stat_progress_create_index
WHERE index_relid = to_regclass(%s)
"""


async def put(connection: Connection, index: Index) -> None:
    """In place of what was known of that collection's."""
    space = index.space
    own = (space.tenant, space.collection, space.model, space.dimension)
    known = (index.state, index.vectors, index.recall, index.breadth, index.said)
    await connection.execute(_PUT, (*own, *known))


async def every(connection: Connection) -> list[Index]:
    """All of the tenant."""
    return [_index(row) for row in await (await connection.execute(_ALL)).fetchall()]


async def find(connection: Connection, collection: str) -> Index | None:
    """That collection's, with how far its building is."""
    done = await connection.execute(f"{_ALL} WHERE collection = %s", (collection,))
    row = await done.fetchone()
    if row is None:
        return None
    index = _index(row)
    if index.state is not Standing.BUILDING:
        return index
    told = await (await connection.execute(_PROGRESS, (index.space.index,))).fetchone()
    return _index(row, told[0] if told else None)


async def breadth(connection: Connection, space: Space) -> int | None:
    """At which its index may be asked; None where it may not."""
    key = (space.collection, space.model, space.dimension)
    row = await (await connection.execute(_BREADTH, key)).fetchone()
    return row[0] if row else None


async def valid(connection: Connection, space: Space) -> bool:
    """Whether PostgreSQL has its index, built to its end."""
    row = await (await connection.execute(_VALID, (space.index,))).fetchone()
    return row is not None and bool(row[0])


async def remove(connection: Connection, collection: str) -> None:
    """Nothing is known of it any more."""
    await connection.execute(_REMOVE, (collection,))


def _index(row: tuple[Any, ...], progress: float | None = None) -> Index:
    *key, state, vectors, recall, breadth, said = row
    return Index(
        space=Space(*key),
        state=Standing(state),
        vectors=vectors,
        recall=recall,
        breadth=breadth,
        said=said,
        progress=progress,
    )
