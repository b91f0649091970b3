"""Documents, their passages and texts as rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.documents import Document
from rackhouse.services.retrieval.model.passage import Attribute, Passage
from rackhouse.services.retrieval.store import collections

_PUT: Final = """
INSERT INTO documents (tenant, collection, id, owner, media, title, source, licence, attributes,
    content) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
# All rows of a document in one statement each: a third of the time of one for each row.
_PASSAGE: Final = """
INSERT INTO passages (tenant, collection, document, owner, id, ordinal, spans, headings, attributes,
    about)
SELECT %s, %s, %s, %s, its.* FROM jsonb_to_recordset(%s) AS its
    (id text, ordinal integer, spans jsonb, headings jsonb, attributes jsonb, about text[])
"""
_TEXT: Final = """
INSERT INTO texts (tenant, collection, document, owner, passage, rendering, text, sha256)
SELECT %s, %s, %s, %s, its.*
FROM unnest(%s::text[], %s::text[], %s::text[], %s::bytea[]) AS its
"""
# The hashes of what goes are told, so that the vectors that nobody has any more go too.
_REMOVE: Final = """
WITH gone AS (
    SELECT DISTINCT sha256 FROM texts WHERE collection = %(collection)s AND document = %(id)s
), done AS (
    DELETE FROM documents WHERE collection = %(collection)s AND id = %(id)s RETURNING id
) SELECT coalesce(array_agg(sha256), '{}') FROM gone
"""
_THERE: Final = "SELECT id FROM documents WHERE collection = %s AND id = %s"
_LEFT_OVER: Final = """
DELETE FROM vectors v WHERE v.collection = %s AND v.sha256 = ANY(%s) AND NOT EXISTS (
    SELECT FROM texts t
    WHERE t.tenant = v.tenant AND t.collection = v.collection AND t.sha256 = v.sha256)
"""
_ONE: Final = """
SELECT id, owner, media, title, source, licence, attributes, content FROM documents
WHERE collection = %s AND id = %s
"""
_PASSAGES: Final = """
SELECT p.id, p.document, p.ordinal, p.spans, p.headings, p.attributes, p.owner, p.about,
    (SELECT jsonb_object_agg(t.rendering, t.text) FROM texts t WHERE t.tenant = p.tenant
        AND t.collection = p.collection AND t.document = p.document AND t.passage = p.id)
FROM passages p WHERE p.collection = %s AND p.document = %s ORDER BY p.ordinal
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A document as it is kept. `content` is what spans are counted in."""

    id: str
    owner: str | None
    media: str
    title: str
    source: str
    licence: str
    attributes: dict[str, Attribute]
    content: str | None
    passages: tuple[Passage, ...]


def sha256(text: str) -> bytes:
    """What a vector is known by."""
    return hashlib.sha256(text.encode()).digest()


async def put(
    connection: Connection,
    tenant: str,
    collection: str,
    document: Document,
    *,
    content: str | None,
    passages: Sequence[Passage],
) -> int:
    """In place of what it was. How many texts it has."""
    gone = await _removed(connection, collection, document.id)
    key, owner = (tenant, collection, document.id), document.owner
    about = (document.media, document.title, document.source, document.licence)
    await connection.execute(_PUT, (*key, owner, *about, Jsonb(document.attributes), content))
    texts = [
        (each.id, rendering, text, sha256(text))
        for each in passages
        for rendering, text in each.texts.items()
    ]
    columns = [[*column] for column in zip(*texts, strict=True)]
    await connection.execute(_PASSAGE, (*key, owner, Jsonb([*map(_row, passages)])))
    await connection.execute(_TEXT, (*key, owner, *columns))
    if gone:
        await connection.execute(_LEFT_OVER, (collection, gone))
    await collections.grow(connection, collection)
    return len(texts)


def _row(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "ordinal": passage.ordinal,
        "spans": passage.spans,
        "headings": passage.headings,
        "attributes": dict(passage.attributes),
        "about": passage.about,
    }


async def remove(connection: Connection, collection: str, id: str) -> bool:
    """With its passages, and vectors that no other text has. Whether it was there."""
    gone = await _removed(connection, collection, id)
    if gone is None:
        return False
    await connection.execute(_LEFT_OVER, (collection, gone))
    await collections.grow(connection, collection)
    return True


async def _removed(connection: Connection, collection: str, id: str) -> list[bytes] | None:
    """The hashes of its texts; None where it was not there: most are new, and of texts that just
    grew PostgreSQL knows too little to look for a document's quickly.
    """
    if not await (await connection.execute(_THERE, (collection, id))).fetchall():
        return None
    rows = await connection.execute(_REMOVE, {"collection": collection, "id": id})
    found = await rows.fetchone()
    return [bytes(each) for each in found[0]] if found else []


async def find(connection: Connection, collection: str, id: str) -> Kept | None:
    """It, with its passages."""
    row = await (await connection.execute(_ONE, (collection, id))).fetchone()
    if row is None:
        return None
    rows = await (await connection.execute(_PASSAGES, (collection, id))).fetchall()
    names = ("id", "owner", "media", "title", "source", "licence", "attributes", "content")
    about: dict[str, Any] = dict(zip(names, row, strict=True))
    return Kept(**about, passages=tuple(map(passage, rows)))


def passage(row: Sequence[Any]) -> Passage:
    """Out of its row."""
    id, document, ordinal, spans, headings, attributes, owner, about, texts = row
    return Passage(
        id=id,
        document=document,
        ordinal=ordinal,
        spans=tuple((start, end) for start, end in spans),
        headings=tuple(headings),
        attributes=attributes,
        owner=owner,
        about=tuple(about),
        texts=texts or {},
    )
