"""The vectors that are nearest to one, exactly or by the index; and vectors by their hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from psycopg.sql import SQL, Composed, Literal

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.nearness import Space
from rackhouse.services.retrieval.store.halfvec import HalfVec, HalfVecDumper, Vector, half

_NEAREST: Final = SQL(
    """
SELECT sha256, -(vector::halfvec({dimension}) <#> %b::halfvec({dimension})) AS cosine FROM vectors
WHERE tenant = %s AND collection = %s AND model = %s AND dimension = %s {among}
ORDER BY {order} LIMIT %s
"""
)
_AMONG: Final = SQL("AND sha256 = ANY(%s)")
_ALL: Final = SQL("")
# The index knows the operator alone: in the order of what is made of it, all are compared.
_EXACTLY: Final = SQL("cosine DESC")
# It is of one space alone, and taken since the values that say so are known when it is planned.
_BY_INDEX: Final = SQL("vector::halfvec({dimension}) <#> %b::halfvec({dimension})")
_BROADLY: Final = """
SELECT set_config('hnsw.ef_search', %s, true), set_config('enable_sort', 'off', true),
    set_config('hnsw.iterative_scan', 'relaxed_order', true)
"""
_AGAIN: Final = "SELECT set_config('enable_sort', 'on', true)"
_OF: Final = """
SELECT sha256, vector FROM vectors
WHERE collection = %s AND model = %s AND dimension = %s AND sha256 = ANY(%s)
"""
_COUNTED: Final = """
SELECT tenant, dimension, count(*) FROM vectors WHERE collection = %s AND model = %s
GROUP BY tenant, dimension ORDER BY count(*) DESC LIMIT 1
"""
# Hashes are as good as chance, and the same each time.
_OWN: Final = """
SELECT vector FROM vectors WHERE collection = %s AND model = %s AND dimension = %s
ORDER BY sha256 LIMIT %s
"""
_WORDS: Final = """
SELECT vector FROM words
WHERE collection = %s AND model = %s AND vector IS NOT NULL AND vector_dims(vector) = %s
ORDER BY md5(word) LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Near:
    """A text by its hash, and how near it is."""

    digest: bytes
    cosine: float


async def exactly(
    connection: Connection,
    space: Space,
    vector: Vector,
    count: int,
    among: Sequence[bytes] | None = None,
) -> list[Near]:
    """Of all, or of these alone."""
    those = () if among is None else ([*among],)
    statement = _NEAREST.format(
        dimension=Literal(space.dimension), among=_AMONG if those else _ALL, order=_EXACTLY
    )
    return await _asked(connection, statement, (HalfVec(vector), *_key(space), *those, count))


async def by_index(
    connection: Connection, space: Space, vector: Vector, count: int, breadth: int
) -> list[Near]:
    """As many as the index finds with that breadth, about in their order."""
    await connection.execute(_BROADLY, (str(breadth),))
    dimension, asked = Literal(space.dimension), HalfVec(vector)
    order = _BY_INDEX.format(dimension=dimension)
    statement = _NEAREST.format(dimension=dimension, among=_ALL, order=order)
    found = await _asked(connection, statement, (asked, *_key(space), asked, count))
    await connection.execute(_AGAIN)
    return sorted(found, key=lambda near: -near.cosine)


async def of(
    connection: Connection, space: Space, digests: Sequence[bytes]
) -> dict[bytes, NDArray[np.float16]]:
    """The vectors of these texts, of those that have one."""
    key = (space.collection, space.model, space.dimension)
    async with connection.cursor(binary=True) as cursor:
        rows = await (await cursor.execute(_OF, (*key, [*digests]))).fetchall()
    return {bytes(digest): half(raw) for digest, raw in rows}


async def counted(connection: Connection, collection: str, model: str) -> tuple[Space, int] | None:
    """Where most vectors of it are, and how many those are; None where there is none."""
    row = await (await connection.execute(_COUNTED, (collection, model))).fetchone()
    return (Space(row[0], collection, model, row[1]), row[2]) if row else None


async def queries(connection: Connection, space: Space, count: int) -> dict[str, list[Vector]]:
    """Vectors to try an index with: of the collection's own texts, which lie where all do; and of
    its words, which lie apart as queries do.
    """
    key = (space.collection, space.model, space.dimension, count)
    async with connection.cursor(binary=True) as cursor:
        own = await (await cursor.execute(_OWN, key)).fetchall()
        words = await (await cursor.execute(_WORDS, key)).fetchall()
    return {
        name: [half(raw).astype(np.float32) for (raw,) in rows]
        for name, rows in (("texts", own), ("words", words))
    }


async def _asked(
    connection: Connection, statement: Composed, values: Sequence[object]
) -> list[Near]:
    connection.adapters.register_dumper(HalfVec, HalfVecDumper)
    rows = await connection.execute(statement, values)
    return [Near(bytes(digest), cosine) for digest, cosine in await rows.fetchall()]


def _key(space: Space) -> tuple[str, str, str, int]:
    return space.tenant, space.collection, space.model, space.dimension
