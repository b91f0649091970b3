"""The search itself: a query against what is held, best passages first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.asked import sought
from rackhouse.services.retrieval.model.ranking.dense import Vectors
from rackhouse.services.retrieval.model.ranking.forms import FILLERS
from rackhouse.services.retrieval.model.ranking.held import Held
from rackhouse.services.retrieval.model.ranking.mix import Scores, fused, standard
from rackhouse.services.retrieval.model.ranking.near import telling
from rackhouse.services.retrieval.model.ranking.neighbours import smoothed
from rackhouse.services.retrieval.model.ranking.words import words

_BRIDGED = 0.35  # of a word's worth, for one that is said for it elsewhere
_IN_ORDER = 0.2  # of a pair's worth, beside its words' own
_MOST = 1.6  # times its idf: about what BM25 gives a term that a verse has once
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The cosine of each row, NaN where nobody compared it; and the same in standard deviations
    from the mean of all, which is 0 where nobody did.
    """

    cosines: Scores
    standard: Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`text` is what was `understood`, `vector` its vector of length 1; None where nobody could
    embed it. `meaning` is what it was compared with elsewhere, of a collection whose vectors are
    not held. `strange` has the vectors of its words that are `strange`. Rows that are not `allowed`
    are not found; those that were `looked_up` come first, in that order.
    """

    text: str
    vector: Vectors | None = None
    meaning: Meaning | None = None
    strange: Mapping[str, Vectors] = field(default_factory=dict)
    limit: int = 10
    allowed: NDArray[np.bool_] | None = None
    looked_up: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row, with the score it is ordered by, what each signal said, and the words of the query
    that it has.
    """

    row: int
    score: float
    signals: dict[str, float]
    terms: tuple[str, ...]


def understood(held: Held, text: str) -> str:
    """What is sought: without what is asked around it, and with its typing mistakes mended."""
    return _WORD.sub(lambda word: _mended(held, word[0]), sought(text))


def strange(held: Held, text: str) -> tuple[str, ...]:
    """The words of what was `understood` that nothing held says, where words are known that may
    mean the same.
    """
    if held.near is None:
        return ()
    return tuple(each for each in telling(text) if each not in held.terms.known)


def search(held: Held, query: Query) -> list[Ranked]:
    """The best `limit` rows."""
    if not len(held) or query.limit < 1:
        return []
    said = _said(held, query)
    by_words, coverage, ideal = _by_words(held, query.text, said)
    meaning = query.meaning or _meaning(held, query.vector)
    scores = smoothed(
        fused(by_words, meaning.standard if meaning else None, coverage), held.documents
    )
    signals = {"words": by_words / ideal}
    if meaning is not None:
        signals["meaning"] = meaning.cosines
    return [
        Ranked(
            row,
            float(scores[row]),
            {name: float(each[row]) for name, each in signals.items() if not np.isnan(each[row])}
            | ({"lookup": 1.0} if row in query.looked_up else {}),
            tuple(word for word, terms in said.items() if _has(held, terms, row)),
        )
        for row in _best(scores, query)
    ]


def _meaning(held: Held, vector: Vectors | None) -> Meaning | None:
    if held.dense is None or vector is None:
        return None
    cosines = held.dense.scores(vector)
    return Meaning(cosines, standard(cosines))


def _said(held: Held, query: Query) -> dict[str, dict[str, float]]:
    """The terms that each word of the query is said by, with what they count: its own and, where
    it is strange, those that may mean the same.
    """
    found: dict[str, dict[str, float]] = {}
    for word in dict.fromkeys(words(query.text)):
        if word in FILLERS:
            continue
        vector = query.strange.get(word)
        meant = held.near.meant(vector) if held.near and vector is not None else {}
        found[word] = {**meant, held.terms.term(word): 1.0}
    return found


def _by_words(
    held: Held, text: str, said: Mapping[str, Mapping[str, float]]
) -> tuple[Scores, float, float]:
    """Scores by words; the coverage, and the score of a passage that has all of them."""
    terms = held.terms(text)
    own = dict.fromkeys(terms, 1.0)
    meant = {term: counts for each in said.values() for term, counts in each.items()}
    scores = held.lexical.scores({**meant, **own})
    ideal = _MOST * sum(map(held.lexical.worth, own)) or 1.0
    coverage = float(scores.max()) / ideal
    widened = held.bridge.widened(own)
    scores += held.lexical.scores({each: _BRIDGED * often for each, often in widened.items()})
    scores += held.pairs.scores(terms, _IN_ORDER)
    return scores, coverage, ideal


def _has(held: Held, terms: Mapping[str, float], row: int) -> bool:
    """Whether a row has one of the terms, or another word for one."""
    return any(_is_in(held, each, row) for each in (*terms, *held.bridge.widened(terms)))


def _best(scores: Scores, query: Query) -> list[int]:
    first = list(dict.fromkeys(query.looked_up))
    free = np.ones(scores.size, bool) if query.allowed is None else query.allowed.copy()
    free[first] = False
    rows = np.flatnonzero(free)
    most = min(query.limit, rows.size)
    if most:
        some = rows[np.argpartition(-scores[rows], most - 1)[:most]]
        # By row where scores are equal: the same query has the same answer.
        rows = some[np.lexsort((some, -scores[some]))]
    return [*first, *map(int, rows[:most])][: query.limit]


def _is_in(held: Held, term: str, row: int) -> bool:
    rows = held.lexical.having(term)
    place = int(np.searchsorted(rows, row))
    return place < rows.size and int(rows[place]) == row


def _mended(held: Held, word: str) -> str:
    """With its own capitals where nothing was wrong."""
    folded = words(word)
    if len(folded) != 1:
        return word
    meant = held.typos.corrected(folded[0])
    return word if meant == folded[0] else meant
