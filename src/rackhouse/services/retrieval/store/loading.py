"""A whole collection out of PostgreSQL, as it stood at one moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.collection import Collection
from rackhouse.services.retrieval.model.nearness import LARGE
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.places import Digests, empty
from rackhouse.services.retrieval.model.ranking.remarks import Said
from rackhouse.services.retrieval.store import collections, halfvec, words
from rackhouse.services.retrieval.store.documents import passage
from rackhouse.services.retrieval.store.remarks import Remarks
from rackhouse.services.retrieval.store.sampling import Sampled, sampled
from rackhouse.services.retrieval.store.words import Words

_SOME: Final = 1_000  # rows at once, so that others have their turn between
# Tables that just grew are taken for empty: PostgreSQL would look through all vectors for each
# text, minutes for which who asks first would wait.
_AT_A_SWEEP: Final = "SELECT set_config('enable_nestloop', 'off', true)"
_ONE_BY_ONE: Final = "SELECT set_config('enable_nestloop', 'on', true)"
_DOCUMENTS: Final = "SELECT id, title FROM documents WHERE collection = %s"
_PASSAGES: Final = """
SELECT p.id, p.document, p.ordinal, p.spans, p.headings, p.attributes, p.owner, p.about, NULL
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


_HASHES: Final = """
SELECT t.document, t.passage, t.rendering, t.text, t.sha256, v.sha256 IS NOT NULL FROM texts t
LEFT JOIN vectors v ON v.tenant = t.tenant AND v.collection = t.collection
    AND v.model = %s AND v.sha256 = t.sha256
WHERE t.collection = %s
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`vectors` by rendering, a row for each passage: zeros where there is none yet; none of a
    rendering that has none at all, and none of a large collection, which has `sampled` instead
    where it has vectors. `words` are those that have one. `titles` by document. `said` is what
    remarks say of passages, and their vectors: of a large collection they take no part.
    """

    collection: Collection
    passages: list[Passage]
    vectors: dict[str, NDArray[np.float16]]
    words: Words | None
    titles: dict[str, str]
    texts: int
    embedded: int
    sampled: Sampled | None = None
    said: tuple[list[Said], NDArray[np.float16] | None] | None = None


async def load(connection: Connection, name: str, large: int = LARGE) -> Loaded | None:
    """None where there is no such collection; above so many passages it is `large`. Within a
    transaction that is `still`.
    """
    collection = await collections.find(connection, name)
    if collection is None:
        return None
    await connection.execute(_AT_A_SWEEP)
    titles: dict[str, str] = dict(await (await connection.execute(_DOCUMENTS, (name,))).fetchall())
    every = [passage(row) async for row in _rows(connection, "passages", _PASSAGES, (name,))]
    passages, remarks = [each for each in every if not each.about], Remarks(every)
    places = {(each.document, each.id): at for at, each in enumerate(passages)}
    if len(passages) > large:
        return await _far(connection, collection, passages, places, titles)
    vectors: dict[str, NDArray[np.float16]] = {}
    texts = embedded = 0
    async for row in _rows(connection, "texts", _TEXTS, (collection.model, name)):
        document, id, rendering, text, raw = row
        at = places.get((document, id))
        if at is None:
            remarks.put(document, id, text, None if raw is None else halfvec.half(raw))
            continue
        _say(passages[at], rendering, text)
        texts += rendering not in collection.codes
        if raw is not None:
            embedded += 1
            vector = halfvec.half(raw)
            if rendering not in vectors:
                vectors[rendering] = np.zeros((len(passages), len(vector)), np.float16)
            if vectors[rendering].shape[1] == len(vector):
                vectors[rendering][at] = vector
    known = await words.load(connection, name, collection.model)
    return Loaded(
        collection, passages, vectors, known, titles, texts, embedded, said=remarks.read()
    )


async def _far(
    connection: Connection,
    collection: Collection,
    passages: list[Passage],
    places: dict[tuple[str, str], int],
    titles: dict[str, str],
) -> Loaded:
    """Without its vectors."""
    digests: dict[str, Digests] = {}
    texts = embedded = 0
    async for row in _rows(connection, "texts", _HASHES, (collection.model, collection.name)):
        document, id, rendering, text, digest, there = row
        at = places.get((document, id))
        if at is None:
            continue
        _say(passages[at], rendering, text)
        texts += rendering not in collection.codes
        embedded += there
        if rendering not in collection.codes:
            known = digests.setdefault(rendering, empty(len(passages)))
            known[at] = np.frombuffer(digest, np.uint8)
    known_words = await words.load(connection, collection.name, collection.model)
    await connection.execute(_ONE_BY_ONE)
    some = await sampled(connection, collection, passages, digests)
    return Loaded(collection, passages, {}, known_words, titles, texts, embedded, some)


def _say(passage: Passage, rendering: str, text: str) -> None:
    own = passage.texts
    assert isinstance(own, dict)
    own[rendering] = text


async def _rows(connection: Connection, name: str, statement: str, values: tuple[Any, ...]) -> Any:
    async with connection.cursor(f"load_{name}", binary=True) as cursor:
        await cursor.execute(statement.encode(), values)
        while rows := await cursor.fetchmany(_SOME):
            for row in rows:
                yield row
            await asyncio.sleep(0)
