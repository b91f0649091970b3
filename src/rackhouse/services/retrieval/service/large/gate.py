"""Whether an index finds what is near: it is compared with exact search before it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rackhouse.services.retrieval.model.nearness import BREADTHS, NEAREST, Space, lowest, recall
from rackhouse.services.retrieval.service.seams import Vector
from rackhouse.services.retrieval.store import nearest
from rackhouse.services.retrieval.store.database import LONG, Tenancy

ASKED: Final = 200  # texts that a search asks for, and so the gate
_QUERIES: Final = 50  # of each kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """An index is asked with these `breadths`, the smallest first, until it finds the share `least`
    of the nearest.
    """

    least: float = 0.95
    breadths: tuple[int, ...] = BREADTHS


async def compared(
    tenancy: Tenancy, space: Space, asked: Callable[[Space], Sequence[Vector]], asking: Asking
) -> tuple[int, float]:
    """The smallest breadth that finds enough, or the largest of all; and the share that it finds.
    Of three kinds of queries it is the one for which it finds least: texts of the collection, its
    words, and those that were `asked` of late. Away.
    """
    tries = await tenancy.within(
        space.tenant, partial(nearest.queries, space=space, count=_QUERIES), patience=LONG
    )
    kinds = {**tries, "asked": [it for it in asked(space) if it.size == space.dimension]}
    exact = {
        kind: [await _exactly(tenancy, space, each) for each in some[-_QUERIES:]]
        for kind, some in kinds.items()
    }
    found = 0.0
    for breadth in asking.breadths:
        found = await _recall(tenancy, space, kinds, exact, breadth)
        if found >= asking.least:
            return breadth, found
    return asking.breadths[-1], found


async def _recall(
    tenancy: Tenancy,
    space: Space,
    kinds: Mapping[str, Sequence[Vector]],
    exact: Mapping[str, Sequence[Sequence[float]]],
    breadth: int,
) -> float:
    recalls: dict[str, list[float]] = {}
    for kind, some in kinds.items():
        for vector, nearby in zip(some[-_QUERIES:], exact[kind], strict=True):
            work = partial(
                nearest.by_index, space=space, vector=vector, count=ASKED, breadth=breadth
            )
            found = await tenancy.within(space.tenant, work, patience=LONG)
            recalls.setdefault(kind, []).append(recall(nearby, [it.cosine for it in found]))
    return lowest(recalls)


async def _exactly(tenancy: Tenancy, space: Space, vector: Vector) -> list[float]:
    work = partial(nearest.exactly, space=space, vector=vector, count=NEAREST)
    return [it.cosine for it in await tenancy.within(space.tenant, work, patience=LONG)]
