"""Ways to find verses, over the same texts and vectors: ours, and what is plain."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.lexical import Lexical
from retrieval import corpus, vectors
from retrieval.held import Texts
from retrieval.measuring import Way
from retrieval.metrics import DEEP
from retrieval.queries import Query

_RRF = 60  # as in its paper (Cormack et al., 2009), and wherever it is built in

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Vectors:
    """Of the queries of a set: as they are asked, and as we understand them."""

    plain: NDArray[np.float32]
    meant: NDArray[np.float32]

    @classmethod
    def of(cls, texts: Texts, queries: Sequence[Query]) -> Vectors:
        """One by one, as they come."""
        asked = [query.text for query in queries]
        return cls(np.stack([vectors.embedder()([it])[0] for it in asked]), texts.meant(asked))


class Ways:
    """All of them over some texts. `milliseconds` of each search of ours, embedding left out."""

    def __init__(self, texts: Texts) -> None:
        assert texts.vectors is not None
        self._texts = texts
        self._verses = texts.verses
        first = next(iter(texts.vectors))
        terms = texts.held.terms
        self._first = Lexical([terms(each.texts.get(first, "")) for each in texts.passages])
        self._all = Lexical([terms(joined(each.texts)) for each in texts.passages])
        self._mean = mean(texts)
        self._names = (first.upper(), " + ".join(name.upper() for name in texts.vectors))
        self.milliseconds: list[float] = []

    def of(self, asked: Vectors) -> dict[str, Way]:
        """By their names, in the order of the table."""
        one, every = self._names
        return {
            "rackhouse": lambda at, query: self._ours(query, asked.meant[at]),
            "rackhouse, words alone": lambda _, query: self._texts.found(query.text),
            f"BM25, {one} (our stems)": lambda _, query: self._top(self._words(self._first, query)),
            f"BM25, {every} joined": lambda _, query: self._top(self._words(self._all, query)),
            "dense (mean)": lambda at, _: self._top(self._mean @ asked.plain[at]),
            f"RRF(60) of BM25 {one} and dense": lambda at, query: self._top(
                _reciprocal(self._words(self._first, query))
                + _reciprocal(self._mean @ asked.plain[at])
            ),
        }

    def _ours(self, query: Query, vector: NDArray[np.float32]) -> list[int]:
        began = time.perf_counter()
        found = self._texts.found(query.text, vector)
        self.milliseconds.append((time.perf_counter() - began) * 1e3)
        return found

    def _words(self, index: Lexical, query: Query) -> Scores:
        return index.scores(dict.fromkeys(self._texts.held.terms(query.text), 1.0))

    def _top(self, scores: Scores) -> list[int]:
        best = np.argsort(-scores, kind="stable")[:DEEP]
        return [int(verse) for verse in self._verses[best]]


def joined(texts: dict[str, str] | object) -> str:
    """All renderings of a passage, one after the other, without Strong's numbers."""
    assert isinstance(texts, dict)
    return " ".join(said for name, said in texts.items() if name != corpus.STRONG)


def mean(texts: Texts) -> Scores:
    """The mean of the renderings' vectors, of length 1."""
    assert texts.vectors is not None
    whole = np.sum([*texts.vectors.values()], axis=0, dtype=np.float32)
    found: Scores = whole / np.linalg.norm(whole, axis=1, keepdims=True)
    return found


def _reciprocal(scores: Scores) -> Scores:
    """What a place is worth; nothing where nothing was found."""
    places = np.empty(scores.size, np.float32)
    places[np.argsort(-scores, kind="stable")] = np.arange(1, scores.size + 1)
    return np.where(scores > 0, 1 / (_RRF + places), 0).astype(np.float32)
