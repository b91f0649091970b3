"""What a way to find verses is worth on a set of queries: per kind, and over all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from retrieval import metrics
from retrieval.queries import Query, ranked

Way = Callable[[int, Query], Sequence[int]]  # the number of a query and it, to verses
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Worth:
    """Means. `ndcg` of 10 with grades, `recall` at 50 of what answers well (all of a topic), `mrr`
    of the same, `hit`: one that answers directly is among the first ten.
    """

    ndcg: float
    recall: float
    mrr: float
    hit: float

    def __str__(self) -> str:
        ranks = f"nDCG@10 {self.ndcg:.4f}  R@50 {self.recall:.4f}  MRR {self.mrr:.4f}"
        return f"{ranks}  hit@10 {self.hit:.3f}"


@dataclass(frozen=True)
class Result:
    """`every` over all queries, `kinds` each with how many there are, `even` the mean of those."""

    every: Worth
    even: Worth
    kinds: dict[str, tuple[int, Worth]]


def measured(queries: Sequence[Query], way: Way) -> Result:
    """All that something answers; what is looked up is a kind, and counts in no mean."""
    by_kind: dict[str, list[Worth]] = {}
    for number, query in enumerate(queries):
        if query.grades:
            by_kind.setdefault(query.kind, []).append(_worth(query, way(number, query)))
    counted = {query.kind for query in ranked(list(queries))}
    kinds = {kind: (len(some), _mean(some)) for kind, some in by_kind.items()}
    return Result(
        every=_mean([each for kind in by_kind if kind in counted for each in by_kind[kind]]),
        even=_mean([mean for kind, (_, mean) in kinds.items() if kind in counted]),
        kinds=kinds,
    )


def _worth(query: Query, found: Sequence[int]) -> Worth:
    return Worth(
        ndcg=metrics.ndcg(found, query.gains),
        recall=metrics.recall(found, query.good),
        mrr=metrics.reciprocal(found, query.good),
        hit=metrics.hit(found, query.best),
    )


def _mean(some: Sequence[Worth]) -> Worth:
    return Worth(*(fmean(getattr(each, it.name) for each in some) for it in fields(Worth)))
