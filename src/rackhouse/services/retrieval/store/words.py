"""The words of a collection as rows, each with its vector as soon as it has one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from psycopg.sql import SQL

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.store.halfvec import HalfVec, HalfVecDumper, Vector, half

_ADD: Final = """
INSERT INTO words (tenant, collection, model, word)
SELECT c.tenant, c.name, %s, its.word FROM collections c, unnest(%s::text[]) AS its (word)
WHERE c.name = %s ON CONFLICT DO NOTHING
"""
_LACKING: Final = """
SELECT word FROM words WHERE collection = %s AND model = %s AND vector IS NULL AND word > %s
ORDER BY word LIMIT %s
"""
_PUT: Final = SQL(
    """
UPDATE words w SET vector = its.vector FROM (VALUES {}) AS its (word, vector)
WHERE w.collection = %s AND w.model = %s AND w.word = its.word
"""
)
_ROW: Final = SQL("(%s, %b::halfvec)")
_LOAD: Final = """
SELECT word, vector FROM words
WHERE collection = %s AND model = %s AND vector IS NOT NULL ORDER BY word
"""
_OTHERS: Final = """
DELETE FROM words w USING collections c WHERE w.collection = %s AND c.tenant = w.tenant
AND c.name = w.collection AND w.model <> c.model AND w.model IS DISTINCT FROM c.wanted
"""


@dataclass(frozen=True, slots=True)
class Words:
    """`vectors` has a row of 16-bit numbers for each word, in their order."""

    words: Sequence[str]
    vectors: NDArray[np.float16]


async def add(connection: Connection, collection: str, model: str, words: Collection[str]) -> None:
    """Those that are not there yet. Sorted, so that two who add do not wait for each other."""
    await connection.execute(_ADD, (model, sorted(words), collection))


async def lacking(
    connection: Connection, collection: str, model: str, count: int, after: str = ""
) -> list[str]:
    """Some that have no vector, in their order."""
    values = (collection, model, after, count)
    rows = await (await connection.execute(_LACKING, values)).fetchall()
    return [word for (word,) in rows]


async def put(
    connection: Connection, collection: str, model: str, found: Sequence[tuple[str, Vector]]
) -> None:
    """What was embedded."""
    connection.adapters.register_dumper(HalfVec, HalfVecDumper)
    rows = [each for word, vector in found for each in (word, HalfVec(vector))]
    statement = _PUT.format(SQL(", ").join([_ROW] * len(found)))
    await connection.execute(statement, (*rows, collection, model))


async def load(connection: Connection, collection: str, model: str) -> Words | None:
    """All that have a vector; None where none has."""
    async with connection.cursor(binary=True) as cursor:
        rows = await (await cursor.execute(_LOAD, (collection, model))).fetchall()
    if not rows:
        return None
    return Words([word for word, _ in rows], np.stack([half(raw) for _, raw in rows]))


async def drop(connection: Connection, collection: str) -> None:
    """Those of models that answer no more."""
    await connection.execute(_OTHERS, (collection,))
