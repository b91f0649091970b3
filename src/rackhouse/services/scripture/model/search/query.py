"""What is asked for: words, "phrases", prefix* and -what must not stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.model.search.tokens import words

LONGEST = 300  # characters
MOST_TERMS = 24
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'))
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))(\*?)')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other; of the last its beginning is enough where it is a `prefix`."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All of `terms`, and none of `without`."""

    terms: tuple[Term, ...]
    without: tuple[Term, ...] = ()

    @property
    def run(self) -> Term:
        """All words as they were written, one after the other."""
        return Term(tuple(word for term in self.terms for word in term.words))


def read(text: str) -> Query:
    """What is written. BadRequest where there is no word in it, or too much."""
    if len(text) > LONGEST:
        raise BadRequest(
            f"the search has {len(text)} characters, and {LONGEST} are read",
            fix="leave out the words that say least",
            param="q",
        )
    terms: list[Term] = []
    without: list[Term] = []
    for sign, phrase, word, star in _TERM.findall(text.translate(_QUOTES)):
        told = tuple(words(phrase or word))
        if told:
            term = Term(told, prefix=bool(star) or word.endswith("*"))
            (without if sign else terms).append(term)
    if not terms:
        raise BadRequest(
            "there is no word to look for",
            fix='write words, a "phrase in quotes", or the beginning of one, as shepher*',
            param="q",
        )
    if len(terms) + len(without) > MOST_TERMS:
        raise BadRequest(
            f"these are more than {MOST_TERMS} words",
            fix="leave out those that say least",
            param="q",
        )
    return Query(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(without)))
