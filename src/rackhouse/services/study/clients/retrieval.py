"""Retrieval's service: search over the collections of this application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from rackhouse.services.study.clients.http import Door
from rackhouse.services.study.model.collecting import Document
from rackhouse.services.study.model.found import Hit, Refused, Results

_WARM = 120.0  # seconds
_PUT = 120.0  # seconds, for some megabytes on a small machine


class _Understood(Struct):
    corrected: str | None = None


class _Answer(Struct):
    hits: tuple[Hit, ...] = ()
    understood: _Understood = field(default_factory=_Understood)
    degraded: tuple[str, ...] = ()


class _State(Struct):
    documents: int = 0
    jobs: tuple[str, ...] = ()


class _Kept(Struct):
    attributes: dict[str, Any] = field(default_factory=dict)


class RetrievalClient:
    """Over HTTP."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def search(
        self, query: str, *, limit: int, collections: Sequence[str], owner: str = ""
    ) -> Results:
        """What is found, best first."""
        asked: dict[str, Any] = {
            "collections": list(collections),
            "query": query,
            "limit": limit,
            "explain": True,
        }
        if owner:
            asked["owner"] = owner
        told = await self._door.post("/v1/search", asked, _Answer)
        return Results(
            hits=told.hits, corrected=told.understood.corrected or "", degraded=told.degraded
        )

    async def digest(self, collection: str, document: str) -> str:
        """The attribute `digest` of a document; "" where there is none."""
        path = f"/v1/collections/{collection}/documents/{document}"
        try:
            kept = await self._door.get(path, _Kept)
        except Refused:
            return ""
        return str(kept.attributes.get("digest", ""))

    async def begin(self, collection: str, *, resolver: str, language: str) -> None:
        """Make it, where it is not there. A resolver that retrieval was not told of is left out."""
        path = f"/v1/collections/{collection}"
        try:
            await self._door.put(path, {"resolver": resolver, "language": language})
        except Refused:
            await self._door.put(path, {"resolver": "", "language": language})

    async def put(self, collection: str, documents: Sequence[Document]) -> None:
        """Each in place of what it was."""
        path = f"/v1/collections/{collection}/documents"
        await self._door.post(path, {"documents": documents}, dict[str, Any], patience=_PUT)

    async def warm(self, collection: str, documents: int) -> bool:
        """Have it in memory before the first person asks: to lay out its index takes a while, and
        would be done again with each job that is not through.
        """
        state = await self._door.get(f"/v1/collections/{collection}", _State)
        if state.documents < documents:
            return False
        asked = {"collections": [collection], "query": "in the beginning", "limit": 1}
        await self._door.post("/v1/search", asked, _Answer, patience=_WARM)
        return True

    async def settled(self, collection: str, documents: int) -> bool:
        """Whether it is there, has so many documents, and no job is left."""
        try:
            state = await self._door.get(f"/v1/collections/{collection}", _State)
        except Refused:
            return False
        return state.documents >= documents and not state.jobs
