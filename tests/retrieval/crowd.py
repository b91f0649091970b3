"""A collection of any size, made of nothing: passages in clusters, as texts of one kind are, and
queries that lie apart from them, as real ones do. Rows are written at once, as ingest leaves them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.store.documents import sha256

Vectors = NDArray[np.float32]

MODEL = "m"
_CLUSTERS = 200
_APART = 0.9  # how long what is a query's own is, beside what is a cluster's
_CHAPTER = 50  # passages of a document
_VOCABULARY = 5_000


@dataclass(frozen=True)
class Crowd:
    """`size` passages in one rendering. The same for the same numbers. `own` is how long what is a
    passage's own is, beside what is its cluster's.
    """

    size: int
    dimension: int = 64
    seed: int = 1
    own: float = 0.7

    @cached_property
    def vectors(self) -> Vectors:
        """Of length 1, a row a passage: those of a document are of one cluster or two."""
        chance = np.random.default_rng(self.seed)
        own = chance.standard_normal((self.size, self.dimension), np.float32)
        cluster = np.arange(self.size) // (_CHAPTER // 2) % _CLUSTERS
        return _unit(self._centres[cluster] + self.own * _unit(own))

    @cached_property
    def texts(self) -> list[str]:
        """Eight words each, the first of which no other has; the others as often as words are."""
        chance = np.random.default_rng(self.seed + 1)
        often = np.minimum(chance.zipf(1.2, (self.size, 7)), _VOCABULARY) - 1
        return [
            f"own{row} " + " ".join(f"word{each}" for each in some)
            for row, some in enumerate(often.tolist())
        ]

    def queries(self, count: int) -> Vectors:
        """Near the clusters, and further from every passage than passages are from each other."""
        chance = np.random.default_rng(self.seed + 2)
        own = chance.standard_normal((count, self.dimension), np.float32)
        return _unit(self._centres[np.arange(count) % _CLUSTERS] + _APART * _unit(own))

    def document(self, row: int) -> str:
        """That a passage is of."""
        return f"d{row // _CHAPTER}"

    @cached_property
    def _centres(self) -> Vectors:
        chance = np.random.default_rng(self.seed + 3)
        return _unit(chance.standard_normal((_CLUSTERS, self.dimension), np.float32))


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found


async def written(
    connection: Connection, tenant: str, name: str, crowd: Crowd, start: int = 0
) -> None:
    """Its passages from `start` on, into a collection that is there, with their vectors and the
    words of some. Within a transaction of that tenant.
    """
    rows = range(start, crowd.size)
    documents = dict.fromkeys(crowd.document(row) for row in rows)
    empty = "text", "", "", "", "{}"
    await _copy(
        connection,
        "documents (tenant, collection, id, media, title, source, licence, attributes)",
        ((tenant, name, id, *empty) for id in documents),
    )
    await _copy(
        connection,
        "passages (tenant, collection, document, id, ordinal, spans, headings, attributes)",
        (
            (tenant, name, crowd.document(row), str(row), row % _CHAPTER, "[]", "[]", _kind(row))
            for row in rows
        ),
    )
    await _copy(
        connection,
        "texts (tenant, collection, document, passage, rendering, text, sha256)",
        (
            (tenant, name, crowd.document(row), str(row), "text", text, sha256(text))
            for row, text in enumerate(crowd.texts)
            if row >= start
        ),
    )
    await _copy(
        connection,
        "vectors (tenant, collection, model, sha256, dimension, vector)",
        (
            (tenant, name, MODEL, sha256(text), crowd.dimension, _said(crowd.vectors[row]))
            for row, text in enumerate(crowd.texts)
            if row >= start
        ),
    )
    if not start:
        words = (
            (tenant, name, MODEL, f"word{at}", _said(vector))
            for at, vector in enumerate(crowd.queries(300))
        )
        await _copy(connection, "words (tenant, collection, model, word, vector)", words)
    await connection.execute(
        "UPDATE collections SET version = version + 1 WHERE name = %s", (name,)
    )


async def _copy(connection: Connection, into: str, rows: Iterator[Sequence[object]]) -> None:
    """PostgreSQL copies into no table that rows are hidden of, so it is done by way of another."""
    table = into.partition(" ")[0]
    columns = into[len(table) :].strip(" ()")
    await connection.execute(
        f"CREATE TEMP TABLE mine ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0".encode()
    )
    async with connection.cursor() as cursor:
        statement = f"COPY mine ({columns}) FROM STDIN"
        async with cursor.copy(statement.encode()) as copy:
            for at, row in enumerate(rows):
                await copy.write_row(row)
                if at % 1_000 == 0:
                    await asyncio.sleep(0)
    await connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM mine".encode())
    await connection.execute("DROP TABLE mine")


def _kind(row: int) -> str:
    """What it can be filtered by: of a tenth, and of a hundredth of all."""
    return f'{{"tenth": {row % 10}, "hundredth": {row % 100}}}'


def _said(vector: Vectors) -> str:
    return f"[{','.join(f'{each:.5f}' for each in vector)}]"
