"""Large collections: their vectors stay in PostgreSQL, and an index of nearness answers once it was
compared with exact search.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LARGE = 200_000  # passages above which a collection is large
NEAREST = 10  # of which an index has to find its share
BREADTHS = (40, 80, 160, 320, 640, 1_000)  # hnsw.ef_search; the last is the most that pgvector has
_GROWN = 1.2  # times the vectors that there were: then it is compared again


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors that can be compared with each other."""

    tenant: str
    collection: str
    model: str
    dimension: int

    @property
    def index(self) -> str:
        """What its index is called in PostgreSQL."""
        said = "\0".join((self.tenant, self.collection, self.model, str(self.dimension)))
        return f"vectors_near_{hashlib.sha256(said.encode()).hexdigest()[:24]}"


class Standing(StrEnum):
    """How an index stands."""

    BUILDING = "building"
    COMPARING = "comparing"
    SERVING = "serving"
    REFUSED = "refused"  # it finds too little at any breadth: exact search answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """`vectors` there were when it was compared: `recall` is the share of the nearest that it
    finds at `breadth`. `progress` of its building is between 0 and 1.
    """

    space: Space
    state: Standing = Standing.BUILDING
    vectors: int = 0
    recall: float | None = None
    breadth: int | None = None
    said: str = ""
    progress: float | None = None

    def outgrown(self, vectors: int) -> bool:
        """Whether what was compared then says nothing of so many."""
        return not self.vectors / _GROWN <= vectors <= self.vectors * _GROWN


def recall(exact: Sequence[float], found: Sequence[float]) -> float:
    """The share of the nearest that were found, by their cosines, the nearest first: of texts that
    are equally near any will do.
    """
    nearest = exact[:NEAREST]
    if not nearest:
        return 1.0
    least = nearest[-1] - 1e-6
    return sum(each >= least for each in found[: len(nearest)]) / len(nearest)


def lowest(recalls: Mapping[str, Sequence[float]]) -> float:
    """The mean of that kind of queries for which it is the lowest. ValueError where there is
    none.
    """
    return min(sum(each) / len(each) for each in recalls.values() if each)
