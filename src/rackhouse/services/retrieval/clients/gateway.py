"""The gateway: texts become vectors, and passages are ordered by how well they fit."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

import aiohttp
import msgspec
import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.clients.sessions import asked
from rackhouse.services.retrieval.model.asking import NoAnswer

Vector = NDArray[np.float32]


class _Embedding(msgspec.Struct):
    index: int
    embedding: str


class _Embeddings(msgspec.Struct):
    data: list[_Embedding]


class _Result(msgspec.Struct):
    index: int
    relevance_score: float


class _Results(msgspec.Struct):
    results: list[_Result]


_NONE: Final = "it answered what are no vectors of the texts that were sent"


class Gateway:
    """By its address and the key of this service."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        self._session = session
        self._url = url if url.endswith("/v1") else f"{url}/v1"
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    async def embed(self, model: str, texts: Sequence[str], seconds: float) -> list[Vector]:
        """As `seams.Models`."""
        body = {"model": model, "input": texts, "encoding_format": "base64"}
        said = await self._post("/embeddings", body, seconds)
        try:
            data = msgspec.json.decode(said, type=_Embeddings).data
            found = {each.index: _vector(each.embedding) for each in data}
        except ValueError as error:
            raise NoAnswer(_NONE) from error
        if sorted(found) != list(range(len(texts))) or len({len(v) for v in found.values()}) > 1:
            raise NoAnswer(_NONE)
        return [found[index] for index in range(len(texts))]

    async def rerank(
        self, model: str, query: str, texts: Sequence[str], seconds: float
    ) -> list[float]:
        """As `seams.Models`."""
        body = {"model": model, "query": query, "documents": texts, "return_documents": False}
        said = await self._post("/rerank", body, seconds)
        try:
            results = msgspec.json.decode(said, type=_Results).results
        except ValueError as error:
            raise NoAnswer("it answered what are no scores") from error
        found = {each.index: each.relevance_score for each in results}
        if sorted(found) != list(range(len(texts))):
            raise NoAnswer("it scored other texts than it was sent")
        return [found[index] for index in range(len(texts))]

    async def _post(self, path: str, body: object, seconds: float) -> bytes:
        return await asked(
            self._session,
            "POST",
            f"{self._url}{path}",
            seconds,
            data=msgspec.json.encode(body),
            headers=self._headers,
        )


def _vector(packed: str) -> Vector:
    """Of length 1. ValueError."""
    vector = np.frombuffer(base64.b64decode(packed, validate=True), "<f4").astype(np.float32)
    length = float(np.linalg.norm(vector))
    if not vector.size or not np.isfinite(length):
        raise ValueError("a vector without numbers")
    return vector / length if length else vector
