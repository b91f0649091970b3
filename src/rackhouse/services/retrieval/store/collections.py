"""Collections as rows."""

from __future__ import annotations

from typing import Final

from psycopg.rows import class_row

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.collection import Collection

_ONE: Final = "SELECT name, model, wanted, resolver, language, codes, version FROM collections"
# One look for each text into the index of vectors: a join reads all vectors for each, as long as
# PostgreSQL knows nothing yet of tables that just grew.
_COUNTED: Final = """
SELECT c.name, c.model, c.wanted, c.resolver, c.language, c.codes, c.version,
    (SELECT count(*) FROM documents d
        WHERE d.tenant = c.tenant AND d.collection = c.name) AS documents,
    (SELECT count(*) FROM passages p
        WHERE p.tenant = c.tenant AND p.collection = c.name) AS passages,
    h.texts, h.embedded, h.filled
FROM collections c, LATERAL (
    SELECT count(*) AS texts, count((SELECT 1 FROM vectors v WHERE v.tenant = t.tenant
            AND v.collection = t.collection AND v.model = c.model AND v.sha256 = t.sha256 LIMIT 1)
        ) AS embedded, count((SELECT 1 FROM vectors v WHERE v.tenant = t.tenant
            AND v.collection = t.collection AND v.model = c.wanted AND v.sha256 = t.sha256 LIMIT 1)
        ) AS filled
    FROM texts t
    WHERE t.tenant = c.tenant AND t.collection = c.name AND t.rendering <> ALL (c.codes)
) h WHERE %(name)s::text IS NULL OR c.name = %(name)s ORDER BY c.name
"""
# What it had and is not told stays; another model is wanted first, and answers when it is filled.
_PUT: Final = """
INSERT INTO collections AS mine (tenant, name, model, resolver, language, codes)
VALUES (%(tenant)s, %(name)s, coalesce(%(model)s, %(usual)s), coalesce(%(resolver)s, ''),
    coalesce(%(language)s, ''), coalesce(%(codes)s::text[], '{}'))
ON CONFLICT (tenant, name) DO UPDATE SET
    wanted = CASE WHEN %(model)s::text IS NULL THEN mine.wanted
        ELSE nullif(%(model)s, mine.model) END,
    resolver = coalesce(%(resolver)s, mine.resolver),
    language = coalesce(%(language)s, mine.language),
    codes = coalesce(%(codes)s::text[], mine.codes),
    version = mine.version + 1
RETURNING name, model, wanted, resolver, language, codes, version
"""
_LARGER: Final = """
SELECT count(*) FROM (SELECT FROM passages WHERE collection = %s AND about = '{}' LIMIT %s) its
"""
_GROW: Final = "UPDATE collections SET version = version + 1 WHERE name = %s"
_UNWANT: Final = "UPDATE collections SET wanted = NULL WHERE name = %s"
_REMOVE: Final = "DELETE FROM collections WHERE name = %s RETURNING name"


async def put(
    connection: Connection,
    tenant: str,
    name: str,
    *,
    model: str | None,
    resolver: str | None,
    language: str | None,
    codes: list[str] | None,
    usual: str,
) -> Collection:
    """Make it, or change what is not None. `usual` is the model of a new one that names none."""
    values = {"tenant": tenant, "name": name, "usual": usual}
    more = {"model": model, "resolver": resolver, "language": language, "codes": codes}
    async with connection.cursor(row_factory=class_row(Collection)) as cursor:
        await cursor.execute(_PUT, {**values, **more})
        made = await cursor.fetchone()
    assert made is not None
    return made


async def find(connection: Connection, name: str) -> Collection | None:
    """It, uncounted."""
    async with connection.cursor(row_factory=class_row(Collection)) as cursor:
        await cursor.execute(f"{_ONE} WHERE name = %s", (name,))
        return await cursor.fetchone()


async def every(connection: Connection) -> list[Collection]:
    """All, uncounted."""
    async with connection.cursor(row_factory=class_row(Collection)) as cursor:
        await cursor.execute(_ONE)
        return await cursor.fetchall()


async def counted(connection: Connection, name: str | None = None) -> list[Collection]:
    """That one, or all."""
    async with connection.cursor(row_factory=class_row(Collection)) as cursor:
        await cursor.execute(_COUNTED, {"name": name})
        return await cursor.fetchall()


async def larger(connection: Connection, name: str, passages: int) -> bool:
    """Whether it has more than so many."""
    row = await (await connection.execute(_LARGER, (name, passages + 1))).fetchone()
    return row is not None and row[0] > passages


async def grow(connection: Connection, name: str) -> None:
    """What is found in it has changed."""
    await connection.execute(_GROW, (name,))


async def unwant(connection: Connection, name: str) -> None:
    """It stays with the model that it has."""
    await connection.execute(_UNWANT, (name,))


async def remove(connection: Connection, name: str) -> bool:
    """With all that is in it. Whether it was there."""
    return bool(await (await connection.execute(_REMOVE, (name,))).fetchall())
