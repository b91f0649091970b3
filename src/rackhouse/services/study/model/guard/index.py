"""All held translations as one stream of words, and where each run of three words stands in it.

A few arrays and a table of words: some 14 bytes a word of text, about 22 MB for two translations.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.study.model.guard.normalise import bare

Texts = Mapping[str, Mapping[int, str]]  # translation -> number of a verse -> its words
UNKNOWN = -1
_OLD = """
thou/you thee/you ye/you thy/your thine/your unto/to upon/on hath/has saith/says shalt/shall
wilt/will hast/have art/are doth/does didst/did spake/spoke yea/yes
"""
_BITS = 21  # of a word in the key of a run: two million different ones


class Held(NamedTuple):
    """A verse of a translation: its words stand from `start` up to `end` of the stream."""

    translation: str
    verse: int
    start: int
    end: int


class Ranges(NamedTuple):
    """For each place of a sentence, which part of the sorted runs begins with the words there."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]


class Index:
    """Built once, never changed, read by any number of sentences at once."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.translations = tuple(texts)
        self._words: dict[str, int] = {}
        stream, verses, starts, ends = array("i"), array("i"), array("i"), array("i")
        translation = array("b")
        for number, said in enumerate(texts.values()):
            for verse in sorted(said):
                starts.append(len(stream))
                verses.append(verse)
                translation.append(number)
                stream.extend(self._numbers(said[verse]))
                ends.append(len(stream))
            stream.extend((UNKNOWN,) * 3)  # no run goes over from one to the next
        self.stream = np.frombuffer(stream, dtype=np.int32) if stream else np.zeros(0, np.int32)
        self._starts = np.asarray(starts, dtype=np.int32)
        self._first = starts  # the same: one place is found sooner by `bisect` than by NumPy
        self._ends = np.asarray(ends, dtype=np.int32)
        self._verses = np.asarray(verses, dtype=np.int32)
        self._numbered = verses
        self._translation = np.asarray(translation, dtype=np.int8)
        bounds = np.searchsorted(self._translation, np.arange(len(self.translations) + 1))
        self._rows = [*pairwise(bounds.tolist())]
        self._alike = self._pairs()
        self._sort()

    def _numbers(self, text: str) -> list[int]:
        table = self._words
        return [table.setdefault(word, len(table)) for word in bare(text)]

    def _pairs(self) -> dict[int, int]:
        """For each word the one that it is likened to: an old form to its new one."""
        return {
            self._words[old]: self._words.setdefault(new, len(self._words))
            for old, new in (pair.split("/") for pair in _OLD.split())
            if old in self._words
        }

    def likened(self, numbers: Iterable[int]) -> list[int]:
        """Words with old forms as new ones: only to lay them beside each other, they are others."""
        alike = self._alike
        return [alike.get(word, word) for word in numbers]

    def _sort(self) -> None:
        """The runs of three words in their order, the place of each beside it."""
        known = self.stream[self.stream != UNKNOWN]
        self._counts = np.bincount(known, minlength=len(self._words)).astype(np.int64)
        keys = self.keys(self.stream)
        places = np.flatnonzero(keys >= 0).astype(np.int32)
        order = np.argsort(keys[places], kind="stable")
        self._places = places[order]
        # Most runs stand in several translations: each key once, and where its places begin.
        self._keys, firsts = np.unique(keys[self._places], return_index=True)
        self._firsts = np.append(firsts, len(places)).astype(np.int32)

    @property
    def bytes(self) -> int:
        """What the arrays take."""
        verses = (self._starts, self._ends, self._verses, self._translation)
        words = (self.stream, self._counts, self._places, self._keys, self._firsts)
        return sum(each.nbytes for each in (*verses, *words))

    def __len__(self) -> int:
        return len(self.stream)

    def numbers(self, said: Sequence[str]) -> NDArray[np.int64]:
        """Words as they are counted here; UNKNOWN for those that no translation has."""
        found = (self._words.get(word, UNKNOWN) for word in said)
        return np.fromiter(found, dtype=np.int64, count=len(said))

    @staticmethod
    def keys(numbers: NDArray[np.int64] | NDArray[np.int32]) -> NDArray[np.int64]:
        """Of each run of three; below 0 where a word of it is unknown or there are none left."""
        wide = np.append(numbers.astype(np.int64), (UNKNOWN, UNKNOWN))
        one, two, three = wide[:-2], wide[1:-1], wide[2:]
        there = (one >= 0) & (two >= 0) & (three >= 0)
        return np.where(there, (one << 2 * _BITS) | (two << _BITS) | three, UNKNOWN)

    def counts(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """How often all translations have each word; 0 for one that none has."""
        if not len(self._counts):
            return np.zeros(len(numbers), np.int64)
        return np.where(numbers < 0, 0, self._counts[np.maximum(numbers, 0)])

    def threes(self, numbers: NDArray[np.int64]) -> Ranges:
        """Where each run of three words stands among the sorted."""
        return self._between(self.keys(numbers), 1)

    def twos(self, numbers: NDArray[np.int64]) -> Ranges:
        """The same for runs of two, which a third word follows somewhere."""
        after = np.append(numbers, UNKNOWN)[1:]
        there = (numbers >= 0) & (after >= 0)
        key = np.where(there, (numbers << 2 * _BITS) | (after << _BITS), UNKNOWN)
        return self._between(key, 1 << _BITS)

    def ones(self, numbers: NDArray[np.int64]) -> Ranges:
        """The same for single words, which two others follow somewhere."""
        key = np.where(numbers < 0, UNKNOWN, numbers << 2 * _BITS)
        return self._between(key, 1 << 2 * _BITS)

    def _between(self, keys: NDArray[np.int64], wide: int) -> Ranges:
        ends = self._keys.searchsorted(np.concatenate((keys, keys + wide)))
        first, last = self._firsts[ends].astype(np.int64).reshape(2, -1)
        return Ranges(np.where(keys < 0, 0, first), np.where(keys < 0, 0, last))

    def places(self, first: int, last: int) -> NDArray[np.int32]:
        """Where the runs of that part stand."""
        return self._places[first:last]

    def rows(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the runs of these rows of the sorted stand."""
        return self._places[rows].astype(np.int64)

    def ranked(
        self, places: NDArray[np.int32], size: int, named: Sequence[tuple[int, int]]
    ) -> NDArray[np.intp]:
        """The order of places of so many words, best first: within the verses named, within one
        verse, at the beginning of one; then as they stand.
        """
        rows = np.searchsorted(self._starts, places, side="right") - 1
        verses = self._verses[rows]
        other = np.ones(len(places), dtype=bool)
        for first, last in named:
            other &= (verses < first) | (verses > last)
        over = places + size > self._ends[rows]
        within = places != self._starts[rows]
        return np.lexsort((places, within, over, other))

    def verse(self, place: int) -> Held:
        """The verse that has the word there."""
        return self._held(bisect_right(self._first, place) - 1)

    def verses(self, place: int, last: int) -> list[Held]:
        """Those of the words from one place up to another."""
        first, end = bisect_right(self._first, place) - 1, bisect_left(self._first, last)
        return [self._held(at) for at in range(first, end)]

    def within(self, first: int, last: int) -> list[Held]:
        """The verses from one number to another, in every translation."""
        rows: list[int] = []
        for begin, end in self._rows:
            one = bisect_left(self._numbered, first, begin, end)
            rows += range(one, bisect_right(self._numbered, last, one, end))
        return [self._held(at) for at in rows]

    def _held(self, at: int) -> Held:
        translation = self.translations[int(self._translation[at])]
        return Held(translation, int(self._verses[at]), int(self._starts[at]), int(self._ends[at]))
