"""Which path is answered by what."""

from __future__ import annotations

from starlette.routing import Route

from rackhouse.services.scripture.api.finding.search import Search
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.service.search import Searches


def routes(held: Library, searches: Searches) -> list[Route]:
    """All of them."""
    return [Route("/v1/search", Search(held, searches).search)]
