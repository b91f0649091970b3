"""Meaning where vectors are not held: a few passages are compared as `Dense` compares them, and a
sample tells how far from all others they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.dense import Dense, Vectors
from rackhouse.services.retrieval.model.ranking.forms import FILLERS
from rackhouse.services.retrieval.model.ranking.held import Held
from rackhouse.services.retrieval.model.ranking.neighbours import Documents
from rackhouse.services.retrieval.model.ranking.search import Meaning, Query
from rackhouse.services.retrieval.model.ranking.words import words

Rows = NDArray[np.int64]

_BY_WORDS = 100  # passages that are compared for what they say, beside the nearest
_BESIDE = 3  # passages that lend a passage of their scores, before it and after it
_RUNS, _LONG = 256, 8  # of the sample: passages that follow each other


class Sample:
    """Some passages of all."""

    def __init__(self, renderings: Mapping[str, Vectors], rows: Rows, documents: Documents) -> None:
        """The vectors of these rows. Of several renderings their mean counts: by each of them only
        the best of all are compared, who are few.
        """
        mean: Vectors = np.sum([*renderings.values()], axis=0, dtype=np.float32)
        self._of = _dense({"mean": mean}, rows, documents)
        self._there = mean.any(axis=1)

    def around(self, vector: Vectors) -> tuple[float, float]:
        """The mean of all cosines to a vector, and their standard deviation."""
        cosines = self._of.scores(vector[None])[0][self._there]
        return float(cosines.mean()), float(cosines.std()) or 1.0


def spread(size: int) -> Rows:
    """Rows of all, evenly spread."""
    starts = np.linspace(0, max(size - _LONG, 0), _RUNS).astype(np.int64)
    rows: Rows = np.unique(starts[:, None] + np.arange(_LONG))
    return rows[rows < size]


def likely(held: Held, query: Query) -> Rows:
    """The rows that say most of the query's words, and those that were looked up."""
    said = dict.fromkeys((each for each in words(query.text) if each not in FILLERS), 1.0)
    scores = held.lexical.scores({held.terms.term(each): 1.0 for each in said})
    if query.allowed is not None:
        scores = np.where(query.allowed, scores, 0)
    most = min(max(_BY_WORDS, query.limit), scores.size)
    best = np.argpartition(-scores, most - 1)[:most] if most else np.empty(0, np.int64)
    found = best[scores[best] > 0]
    return np.unique(np.concatenate([found, np.array(query.looked_up, np.int64)]))


def with_next(rows: Rows, size: int) -> Rows:
    """These and those beside them, each once, in order: those speak for a passage too."""
    around = np.unique((rows[:, None] + np.arange(-_BESIDE, _BESIDE + 1)).ravel())
    return around[(around >= 0) & (around < size)]


def compared(
    vector: Vectors,
    renderings: Mapping[str, Vectors],
    rows: Rows,
    documents: Documents,
    sample: Sample,
) -> Meaning:
    """What the vectors of these rows, in their order, say to a query's."""
    mean, deviation = sample.around(vector)
    cosines = np.full(documents.size, np.nan, np.float32)
    standard = np.zeros(documents.size, np.float32)
    if rows.size:
        cosines[rows] = _dense(renderings, rows, documents).scores(vector[None])[0]
        standard[rows] = (cosines[rows] - mean) / deviation
    return Meaning(cosines, standard)


def _dense(renderings: Mapping[str, Vectors], rows: Rows, documents: Documents) -> Dense:
    """Of these rows; what does not follow in all does not here."""
    apart = (np.diff(rows) != 1) | (np.diff(documents[rows]) != 0)
    runs = np.concatenate([[0], np.cumsum(apart)]).astype(np.int32)
    return Dense(renderings, runs)
