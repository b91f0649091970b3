"""A whole collection out of PostgreSQL, as it stood at one moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.collection import Collection
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.store import collections, halfvec, words
from rackhouse.services.retrieval.store.documents import passage
from rackhouse.services.retrieval.store.words import Words

_SOME: Final = 1_000  # rows at once, so that others have their turn between
_DOCUMENTS: Final = "SELECT id, title FROM documents WHERE collection = %s"
_PASSAGES: Final = """
SELECT p.id, p.document, p.ordinal, p.spans, p.headings, p.attributes, p.owner, NULL
FROM passages p JOIN documents d ON d.tenant = p.tenant AND d.collection = p.collection
    AND d.id = p.document
WHERE p.collection = %s ORDER BY d.number, p.ordinal
"""
_TEXTS: Final = """
SELECT t.document, t.passage, t.rendering, t.text, v.vector FROM texts t
LEFT JOIN vectors v ON v.tenant = t.tenant AND v.collection = t.collection
    AND v.model = %s AND v.sha256 = t.sha256
WHERE t.collection = %s
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`vectors` by rendering, a row for each passage: zeros where there is none yet; none of a
    rendering that has none at all. `words` are those that have a vector. `titles` by document.
    """

    collection: Collection
    passages: list[Passage]
    vectors: dict[str, NDArray[np.float16]]
    words: Words | None
    titles: dict[str, str]
    texts: int
    embedded: int


async def load(connection: Connection, name: str) -> Loaded | None:
    """None where there is no such collection. Within a transaction that is `still`."""
    collection = await collections.find(connection, name)
    if collection is None:
        return None
    titles: dict[str, str] = dict(await (await connection.execute(_DOCUMENTS, (name,))).fetchall())
    passages = [passage(row) async for row in _rows(connection, "passages", _PASSAGES, (name,))]
    places = {(each.document, each.id): at for at, each in enumerate(passages)}
    vectors: dict[str, NDArray[np.float16]] = {}
    texts = embedded = 0
    async for row in _rows(connection, "texts", _TEXTS, (collection.model, name)):
        document, id, rendering, text, raw = row
        at = places[document, id]
        own = passages[at].texts
        assert isinstance(own, dict)
        own[rendering] = text
        texts += rendering not in collection.codes
        if raw is not None:
            embedded += 1
            vector = halfvec.half(raw)
            if rendering not in vectors:
                vectors[rendering] = np.zeros((len(passages), len(vector)), np.float16)
            if vectors[rendering].shape[1] == len(vector):
                vectors[rendering][at] = vector
    known = await words.load(connection, name, collection.model)
    return Loaded(collection, passages, vectors, known, titles, texts, embedded)


async def _rows(connection: Connection, name: str, statement: str, values: tuple[Any, ...]) -> Any:
    async with connection.cursor(f"load_{name}", binary=True) as cursor:
        await cursor.execute(statement.encode(), values)
        while rows := await cursor.fetchmany(_SOME):
            for row in rows:
                yield row
            await asyncio.sleep(0)
