"""What the service asks of the world. Each has a client over HTTP and a twin in memory.

Every method raises `Away` when nobody answers in time, and `Refused` for what was refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.evidence import Translation, Words
from rackhouse.services.study.model.found import Found, Range, Results


class Scripture(Protocol):
    """The text store and the reader of references."""

    async def canon(self) -> Canon:
        """The books; asked once."""
        ...

    async def translations(self) -> Sequence[Translation]:
        """What is held; the first one speaks where none is named."""
        ...

    async def references(self, text: str) -> Sequence[Found]:
        """The references in a text."""
        ...

    async def passages(
        self, ranges: Sequence[Range], translations: Sequence[str]
    ) -> Sequence[Sequence[Words]]:
        """The words of each range, in each translation."""
        ...


class Retrieval(Protocol):
    """Search over collections."""

    async def search(
        self, query: str, *, limit: int, collections: Sequence[str], owner: str = ""
    ) -> Results:
        """What is found, best first."""
        ...
