"""Vectors as rows, by the hash of their text; and which texts have none yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from psycopg.sql import SQL

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.store.halfvec import HalfVec, HalfVecDumper, Vector

# In the order of the index, so that it stops at the count. Of tables that just grew PostgreSQL
# knows too little to see that, and would read all texts for each batch. And one look for each into
# the index of vectors: NOT EXISTS would be a join, which reads all vectors for each text.
_BY_INDEX: Final = """
SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_sort', 'off', true),
    set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)
"""
_LACKING: Final = """
SELECT DISTINCT ON (t.sha256) t.sha256, t.text FROM texts t
JOIN collections c ON c.tenant = t.tenant AND c.name = t.collection
WHERE t.collection = %(collection)s AND t.sha256 > %(after)s AND t.rendering <> ALL (c.codes)
AND (SELECT true FROM vectors v WHERE v.tenant = t.tenant AND v.collection = t.collection
    AND v.model = %(model)s AND v.sha256 = t.sha256 LIMIT 1) IS NULL
ORDER BY t.sha256 LIMIT %(count)s
"""
_LACKED: Final = """
SELECT count(DISTINCT t.sha256) FROM texts t
JOIN collections c ON c.tenant = t.tenant AND c.name = t.collection
WHERE t.collection = %s AND t.rendering <> ALL (c.codes)
AND (SELECT true FROM vectors v WHERE v.tenant = t.tenant AND v.collection = t.collection
    AND v.model = %s AND v.sha256 = t.sha256 LIMIT 1) IS NULL
"""
# One look into the index for each, here too.
_PUT: Final = SQL(
    """
INSERT INTO vectors (tenant, collection, model, sha256, dimension, vector)
SELECT c.tenant, c.name, %s, its.sha256, vector_dims(its.vector), its.vector
FROM collections c, (VALUES {}) AS its (sha256, vector)
WHERE c.name = %s AND (SELECT true FROM texts t WHERE t.tenant = c.tenant
    AND t.collection = c.name AND t.sha256 = its.sha256 LIMIT 1)
ON CONFLICT DO NOTHING
"""
)
_ROW: Final = SQL("(%s::bytea, %b::halfvec)")
_SWITCH: Final = """
UPDATE collections SET model = wanted, wanted = NULL, version = version + 1
WHERE name = %s AND wanted = %s
"""
_OTHERS: Final = """
DELETE FROM vectors v USING collections c WHERE v.collection = %s AND c.tenant = v.tenant
AND c.name = v.collection AND v.model <> c.model AND v.model IS DISTINCT FROM c.wanted
"""


async def lacking(
    connection: Connection, collection: str, model: str, count: int, after: bytes = b""
) -> list[tuple[bytes, str]]:
    """Some texts that have no vector of that model, each once, in the order of their hashes."""
    await connection.execute(_BY_INDEX)
    values = {"collection": collection, "model": model, "count": count, "after": after}
    rows = await (await connection.execute(_LACKING, values)).fetchall()
    return [(bytes(digest), text) for digest, text in rows]


async def lacked(connection: Connection, collection: str, model: str) -> int:
    """How many there are."""
    row = await (await connection.execute(_LACKED, (collection, model))).fetchone()
    assert row is not None
    return int(row[0])


async def put(
    connection: Connection,
    collection: str,
    model: str,
    found: Sequence[tuple[bytes, Vector]],
) -> None:
    """What was embedded, of texts that are still there."""
    connection.adapters.register_dumper(HalfVec, HalfVecDumper)
    rows = [each for digest, vector in found for each in (digest, HalfVec(vector))]
    statement = _PUT.format(SQL(", ").join([_ROW] * len(found)))
    await connection.execute(statement, (model, *rows, collection))


async def switch(connection: Connection, collection: str, model: str) -> None:
    """The model that was wanted answers from now on."""
    await connection.execute(_SWITCH, (collection, model))


async def drop(connection: Connection, collection: str) -> None:
    """Those of models that answer no more, or were given up."""
    await connection.execute(_OTHERS, (collection,))
