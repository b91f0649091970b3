"""Retrieval's service: search over the collections of this application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from rackhouse.services.study.clients.http import Door
from rackhouse.services.study.model.found import Hit, Results


class _Understood(Struct):
    corrected: str | None = None


class _Answer(Struct):
    hits: tuple[Hit, ...] = ()
    understood: _Understood = field(default_factory=_Understood)
    degraded: tuple[str, ...] = ()


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
