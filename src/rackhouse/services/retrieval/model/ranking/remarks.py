"""What is said about passages, such as a commentary's sentences. It is never found itself: it lends
its score to the passages that it is about.

What is said about the same passages is a *comment*. By meaning the nearest of its sentences counts,
since one of them may say it as the query does; by words all of them are one text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.lexical import Lexical
from rackhouse.services.retrieval.model.ranking.mix import Scores, standard
from rackhouse.services.retrieval.model.ranking.packed import Given, Packed, Vectors

_OTHERS = 0.5  # of what the best passage of a comment is lent


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about the passages of some rows, of which there is at least one."""

    text: str
    rows: tuple[int, ...]


class Remarks:
    """On passages, a row each."""

    def __init__(
        self,
        said: Sequence[Said],
        vectors: Given | None,
        terms: Callable[[str], list[str]],
        size: int,
    ) -> None:
        """`vectors` of shape (said, dimension), zeros where there is none yet; of `size` passages.
        `terms` makes those of a text.
        """
        self._size = size
        comments: dict[tuple[int, ...], list[int]] = {}
        for at, each in enumerate(said):
            comments.setdefault(each.rows, []).append(at)
        order = np.fromiter(chain.from_iterable(comments.values()), np.int64, len(said))
        many = np.array([len(each) for each in comments.values()], np.int64)
        self._starts = np.cumsum(many) - many
        self._vectors = None if vectors is None else Packed.of(vectors[order], bits=8)
        self._lexical = Lexical(
            [[term for at in each for term in terms(said[at].text)] for each in comments.values()]
        )
        wide = np.array([len(each) for each in comments], np.int64)
        self._about = np.fromiter(chain.from_iterable(comments), np.int32)
        self._of = np.repeat(np.arange(len(comments), dtype=np.int32), wide)
        self._begins = np.cumsum(wide) - wide
        by_row = np.argsort(self._about, kind="stable")
        self._comment = self._of[by_row]
        self._rows, self._firsts = np.unique(self._about[by_row], return_index=True)

    @property
    def dimension(self) -> int | None:
        """Of a vector; None where there are none."""
        return self._vectors.dimension if self._vectors else None

    def meaning(self, vectors: Vectors) -> Sequence[tuple[Scores, Scores] | None]:
        """For each of them the cosine of the nearest sentence about each passage, NaN where nobody
        says anything; and in standard deviations from the mean of all, there 0.
        """
        if self._vectors is None:
            return [None] * len(vectors)
        nearest = np.maximum.reduceat(self._vectors.times(vectors), self._starts, axis=1)
        return [(self._lent(each, np.nan), self._standard(each)) for each in nearest]

    def words(self, terms: Mapping[str, float]) -> Scores:
        """In standard deviations, as above."""
        return self._standard(self._lexical.scores(terms))

    def shares(self, own: Scores) -> Scores:
        """How much of what it is lent each passage gets: all of it where no other that a comment is
        about scores higher by itself. Else a comment on many would fill the first ten with them.
        """
        best = np.maximum.reduceat(own[self._about], self._begins)
        found = np.full(self._size, _OTHERS, np.float32)
        found[self._about[own[self._about] >= best[self._of]]] = 1.0
        return found

    def _standard(self, comments: Scores) -> Scores:
        found = np.zeros(self._size, np.float32)
        found[self._rows] = standard(self._best(comments))
        return found

    def _lent(self, comments: Scores, otherwise: float) -> Scores:
        found = np.full(self._size, otherwise, np.float32)
        found[self._rows] = self._best(comments)
        return found

    def _best(self, comments: Scores) -> NDArray[np.float32]:
        """Of those about each row that has one."""
        found: NDArray[np.float32] = np.maximum.reduceat(comments[self._comment], self._firsts)
        return found
