"""Passages as they are held: in their order as one run of bytes, a quarter of what they take as
objects. Few are ever shown, and each is read again when it is.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.passage import Passage

_READER = msgspec.json.Decoder(Passage)


class Passages(Sequence[Passage]):
    """Built once, never changed."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        said, starts, documents = bytearray(), array("q", [0]), array("i")
        self._documents: dict[str, int] = {}
        for each in passages:
            said += msgspec.json.encode(each)
            starts.append(len(said))
            documents.append(self._documents.setdefault(each.document, len(self._documents)))
        self._said = bytes(said)
        self._starts = starts
        self._document = np.array(documents, np.int32)

    @classmethod
    def taken(cls, passages: list[Passage]) -> Passages:
        """Out of a list, which is empty then: what is built next has their room."""
        found = cls(passages)
        passages.clear()
        return found

    def of(self, document: str) -> NDArray[np.bool_]:
        """Which ones are of that document."""
        found: NDArray[np.bool_] = self._document == self._documents.get(document, -1)
        return found

    def __len__(self) -> int:
        return len(self._document)

    def __iter__(self) -> Iterator[Passage]:
        return map(self._at, range(len(self)))

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> list[Passage]: ...
    def __getitem__(self, row: int | slice) -> Passage | list[Passage]:
        if isinstance(row, slice):
            return [self._at(each) for each in range(len(self))[row]]
        return self._at(range(len(self))[row])

    def _at(self, row: int) -> Passage:
        return _READER.decode(memoryview(self._said)[self._starts[row] : self._starts[row + 1]])
