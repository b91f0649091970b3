"""Resolvers: services that find references in a text, and say which numbers they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import aiohttp
import msgspec

from rackhouse.services.retrieval.clients.sessions import asked
from rackhouse.services.retrieval.model.asking import NoAnswer, Reference, Refused

_SECONDS: Final = 0.5
_LONGEST: Final = 2_000  # characters of a query that are looked at


class _References(msgspec.Struct):
    references: tuple[Reference, ...]


class Resolvers:
    """As `seams.Resolvers`; `urls` answers their addresses as they are now, by name."""

    def __init__(
        self, session: aiohttp.ClientSession, urls: Callable[[], Mapping[str, str]]
    ) -> None:
        self._session = session
        self._urls = urls

    async def references(self, resolver: str, text: str) -> Sequence[Reference]:
        """As `seams.Resolvers`."""
        url = self._urls().get(resolver)
        if url is None:
            raise Refused(f"no resolver is called {resolver!r}")
        query = {"text": text[:_LONGEST]}
        said = await asked(self._session, "GET", url, _SECONDS, params=query)
        try:
            return msgspec.json.decode(said, type=_References).references
        except ValueError as error:
            raise NoAnswer("it answered what are no references") from error
