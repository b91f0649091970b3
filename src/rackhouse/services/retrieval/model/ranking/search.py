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
from rackhouse.services.retrieval.model.ranking.mix import (
    Scores,
    fused,
    share_of_words,
    standard_of,
)
from rackhouse.services.retrieval.model.ranking.near import telling
from rackhouse.services.retrieval.model.ranking.remarks import Remarks
from rackhouse.services.retrieval.model.ranking.top import top
from rackhouse.services.retrieval.model.ranking.words import words

_BRIDGED = 0.35  # of a word's worth, for one that is said for it elsewhere
_IN_ORDER = 0.2  # of a pair's worth, beside its words' own
_LENT = 0.26  # of what is said about a passage, by its meaning, and below by its words
_LENT_BY_WORDS = 0.32
_MOST = 1.6  # times its idf: about what BM25 gives a term that a verse has once
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The cosine of each row, NaN where nobody compared it; and the same in standard deviations
    from the mean of all, which is 0 where nobody did. `remarks`: both of what is said about it.
    """

    cosines: Scores
    standard: Scores
    remarks: tuple[Scores, Scores] | None = None


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
    known = float(held.dense.here.mean()) if held.dense else 1.0
    means = meaning.standard if meaning else None
    scores = held.beside.added(fused(by_words, means, coverage, known))
    if held.remarks is not None:
        scores += held.remarks.shares(scores) * _lent(
            held.remarks, held.terms(query.text), meaning, coverage
        )
    rows = _best(scores, query)
    signals = {"words": by_words[rows] / ideal}
    if meaning is not None:
        signals["meaning"] = meaning.cosines[rows]
        if meaning.remarks is not None:
            signals["remarks"] = meaning.remarks[0][rows]
    having = {word: _having(held, terms, rows) for word, terms in said.items()}
    return [
        Ranked(
            row,
            float(scores[row]),
            {name: float(each[at]) for name, each in signals.items() if not np.isnan(each[at])}
            | ({"lookup": 1.0} if row in query.looked_up else {}),
            tuple(word for word, its in having.items() if its[at]),
        )
        for at, row in enumerate(rows)
    ]


def compared(held: Held, vectors: Sequence[Vectors]) -> list[Meaning | None]:
    """What held passages are compared with these: together they are quicker than one by one. None
    where no vectors are held.
    """
    if held.dense is None or not vectors:
        return [None] * len(vectors)
    stacked = np.stack(vectors)
    remarks = held.remarks.meaning(stacked) if held.remarks else [None] * len(vectors)
    return [
        Meaning(each, standard_of(each, held.dense.here), lent)
        for each, lent in zip(held.dense.scores(stacked), remarks, strict=True)
    ]


def _meaning(held: Held, vector: Vectors | None) -> Meaning | None:
    return None if vector is None else compared(held, [vector])[0]


def _lent(
    remarks: Remarks, terms: Sequence[str], meaning: Meaning | None, coverage: float
) -> Scores:
    """By what is said about each passage: its words count where the query's own do."""
    found = _LENT_BY_WORDS * share_of_words(coverage) * remarks.words(dict.fromkeys(terms, 1.0))
    if meaning is not None and meaning.remarks is not None:
        found += _LENT * meaning.remarks[1]
    return found


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


def _having(held: Held, terms: Mapping[str, float], rows: Sequence[int]) -> NDArray[np.bool_]:
    """Which of the rows have one of the terms, or another word for one."""
    found = np.zeros(len(rows), bool)
    for each in (*terms, *held.bridge.widened(terms)):
        found |= held.lexical.among(each, rows)
    return found


def _best(scores: Scores, query: Query) -> list[int]:
    first = list(dict.fromkeys(query.looked_up))
    free = scores.copy()
    if query.allowed is not None:
        free[~query.allowed] = -np.inf
    free[first] = -np.inf
    rows = top(free, query.limit)
    rows = rows[np.isfinite(free[rows])]
    # By row where scores are equal: the same query has the same answer.
    rows = rows[np.lexsort((rows, -free[rows]))]
    return [*first, *map(int, rows)][: query.limit]


def _mended(held: Held, word: str) -> str:
    """With its own capitals where nothing was wrong."""
    folded = words(word)
    if len(folded) != 1:
        return word
    meant = held.typos.corrected(folded[0])
    return word if meant == folded[0] else meant
