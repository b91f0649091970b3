"""Words that are misspelt: known neither to the collection nor to a dictionary, and near to a word
of the collection.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import cache

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
        self._language = language
        self._corrected: dict[str, str] = {}

    def corrected(self, word: str) -> str:
        """The word that was meant; itself where it is a word, or nothing is near."""
        if word in self._known or len(word) < _SHORTEST or not word.isalpha():
            return word
        if word in dictionary(self._language):
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


@cache
def dictionary(language: str) -> frozenset[str]:
    """The words of a language, in small letters; empty where none is at hand."""
    from spellchecker import SpellChecker

    try:
        checker = SpellChecker(language=language)
    except ValueError:
        return frozenset()
    found = frozenset(checker.word_frequency.words())
    del checker
    gc.collect()  # it counted them too, in as much memory again
    return found
