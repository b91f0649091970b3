"""Words as they are compared: without case, accents and endings, without those that say nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import Stemmer

from rackhouse.services.retrieval.model.ranking.forms import FILLERS, IRREGULAR

_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ENDINGS = ("eth", "est")  # loveth, lovest: no stemmer knows them
_ALIKE = str.maketrans({_APOSTROPHE: "'", "æ": "ae", "œ": "oe"})
_STEMMERS = {"en": "english", "es": "spanish"}


def words(text: str) -> list[str]:
    """In small letters and without accents, in their order; `brother's` is `brother`."""
    plain = text.lower() if text.isascii() else _plain(text)
    return [each.partition("'")[0] for each in _WORD.findall(plain)]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_ALIKE))
    return "".join(each for each in folded if not unicodedata.combining(each))


class Terms:
    """Makes terms of words. `known` are the words of a collection: what an old ending is cut to has
    to be one of them.
    """

    def __init__(self, known: Iterable[str], language: str = "en") -> None:
        self.known = frozenset(known)
        self._stem = Stemmer.Stemmer(_STEMMERS.get(language, "english"))
        self._english = language == "en"
        self._terms: dict[str, str] = {each: self._made(each) for each in self.known}

    def __call__(self, text: str) -> list[str]:
        """The terms of a text, in their order; one for each word that says something."""
        return [self.term(each) for each in words(text) if each not in FILLERS]

    def term(self, word: str) -> str:
        """Of a folded word."""
        return self._terms.get(word) or self._made(word)

    def _made(self, word: str) -> str:
        if self._english:
            word = IRREGULAR.get(word) or self._without_ending(word)
        found: str = self._stem.stemWord(word)
        return found

    def _without_ending(self, word: str) -> str:
        if len(word) < 6 or not word.endswith(_ENDINGS):
            return word
        bare = word[:-3]
        bases = [f"{bare}e", bare]
        if bare[-1] == bare[-2]:
            bases.append(bare[:-1])  # runneth
        if bare.endswith("i"):
            bases.append(f"{bare[:-1]}y")  # crieth
        return next((each for each in bases if each in self.known), word)
