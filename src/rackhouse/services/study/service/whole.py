"""The search, once all of scripture is in it. Before, the best of the few books that are there
would be taken for the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rackhouse.services.study.model.found import UNFILLED, Refused, Results
from rackhouse.services.study.service.plan import SCRIPTURE
from rackhouse.services.study.service.seams import Retrieval


class Whole:
    """`filled` answers whether scripture is there whole; other collections are not waited for."""

    def __init__(self, search: Retrieval, filled: Callable[[], bool]) -> None:
        self._search = search
        self._filled = filled

    async def search(
        self, query: str, *, limit: int, collections: Sequence[str], owner: str = ""
    ) -> Results:
        """What is found, best first. Away, Refused: by UNFILLED where it is not whole."""
        if SCRIPTURE in collections and not self._filled():
            raise Refused(
                "the search does not hold all of scripture yet: ask again in a minute", UNFILLED
            )
        return await self._search.search(query, limit=limit, collections=collections, owner=owner)
