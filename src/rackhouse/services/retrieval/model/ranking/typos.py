"""Words that are misspelt: known neither to the collection nor to a dictionary, and near to a word
of the collection.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4  # letters: among shorter words everything is near to everything
_LONG = 8  # letters of a word that may have two mistakes
_LOOKED_AT = 8


class Typos:
    """Corrections towards the words of a collection, each with how often it is there."""

    def __init__(self, known: Mapping[str, int], language: str = "en") -> None:
        self._known = known
        self._words = sorted(known)
        # Now, and not with the first unknown word: whoever says it would wait for a second.
        self._dictionary = dictionary(language)
        self._corrected: dict[str, str] = {}

    def corrected(self, word: str) -> str:
        """The word that was meant; itself where it is a word, or nothing is near."""
        if word in self._known or len(word) < _SHORTEST or not word.isalpha():
            return word
        if word in self._dictionary:
            return word
        limit = 1 if len(word) < _LONG else 2
        near = process.extract(
            word, self._words, scorer=OSA.distance, score_cutoff=limit, limit=_LOOKED_AT
        )
        meant = [
            (distance, -self._known[each], each)
            for each, distance, _ in near
            # Few miss the first letter; two may be exchanged.
            if each[0] == word[0] or sorted(each[:2]) == sorted(word[:2])
        ]
        return min(meant)[2] if meant else word


class Dictionary:
    """The words of a language, in small letters. In order, as one run of bytes: they are a hundred
    and sixty thousand, of which few are ever looked for.
    """

    def __init__(self, known: Iterable[str]) -> None:
        said = sorted({each.encode() for each in known})
        self._said = b"".join(said)
        self._ends = array("I", accumulate(map(len, said), initial=0))

    def __contains__(self, word: str) -> bool:
        said = word.encode()
        at = bisect_left(range(len(self)), said, key=self._word)
        return at < len(self) and self._word(at) == said

    def __len__(self) -> int:
        return len(self._ends) - 1

    def _word(self, at: int) -> bytes:
        return self._said[self._ends[at] : self._ends[at + 1]]


@cache
def dictionary(language: str) -> Dictionary:
    """Of a language; empty where none is at hand."""
    from spellchecker import SpellChecker

    try:
        checker = SpellChecker(language=language)
    except ValueError:
        return Dictionary(())
    return Dictionary(checker.word_frequency.words())
