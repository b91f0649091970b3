"""What a query means to a large collection: its nearest passages out of PostgreSQL, and those that
say its words, all of them compared exactly.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.nearness import Space
from rackhouse.services.retrieval.model.places import Places, Rows
from rackhouse.services.retrieval.model.ranking.far import (
    compared,
    likely,
    with_next,
)
from rackhouse.services.retrieval.model.ranking.search import Meaning, Query
from rackhouse.services.retrieval.service.large.gate import ASKED
from rackhouse.services.retrieval.service.large.held import Large
from rackhouse.services.retrieval.service.seams import Vector
from rackhouse.services.retrieval.service.shelf import Copy
from rackhouse.services.retrieval.store import indexes, nearest
from rackhouse.services.retrieval.store.database import Tenancy

_FEW: Final = 5_000  # rows that are compared one by one, rather than sought among all
_MOST: Final = 2_000  # texts that an index is asked for
_ENOUGH: Final = 50  # rows that are found: fewer, and all that are allowed are compared
_REMEMBERED: Final = 50  # vectors of queries, for the gate


class Far:
    """Asks for searches, whichever collections they are in."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy
        self._asked: dict[Space, deque[Vector]] = {}

    def asked(self, space: Space) -> Sequence[Vector]:
        """What was asked there of late. It is in memory alone."""
        return [*self._asked.get(space, ())]

    async def meaning(self, tenant: str, copy: Copy, query: Query) -> Meaning:
        """Of a query that has a vector of that dimension. Away."""
        large = copy.large
        assert query.vector is not None
        assert large is not None
        space = Space(tenant, copy.collection.name, copy.collection.model, large.dimension)
        self._asked.setdefault(space, deque(maxlen=_REMEMBERED)).append(query.vector)
        said = await asyncio.to_thread(likely, copy.held, query)
        work = partial(_found, space=space, large=large, query=query, said=said)
        rows, renderings = await self._tenancy.within(tenant, work)
        return await asyncio.to_thread(
            compared, query.vector, renderings, rows, large.documents, large.sample
        )


async def _found(
    connection: Connection, space: Space, large: Large, query: Query, said: Rows
) -> tuple[Rows, dict[str, Vector]]:
    """The rows that are to be compared, and their vectors."""
    near = await _near(connection, space, large.places, query)
    rows = with_next(np.union1d(near, said), large.documents.size)
    known = await nearest.of(connection, space, large.places.digests(rows))
    return rows, large.places.vectors(rows, known, space.dimension)


async def _near(connection: Connection, space: Space, places: Places, query: Query) -> Rows:
    """Rows that are allowed, the nearest: by the index where it may be asked, else exactly."""
    assert query.vector is not None
    free = None if query.allowed is None else np.flatnonzero(query.allowed)
    breadth = await indexes.breadth(connection, space)
    if breadth is not None and (free is None or free.size > _FEW):
        share = 1.0 if query.allowed is None else float(query.allowed.mean())
        count = min(int(ASKED / share), _MOST)
        found = await nearest.by_index(connection, space, query.vector, count, breadth)
        rows = _allowed(places, found, query)
        if rows.size >= min(_ENOUGH, len(found)):
            return rows
    among = None if free is None else places.digests(free)
    return _allowed(
        places, await nearest.exactly(connection, space, query.vector, ASKED, among), query
    )


def _allowed(places: Places, found: Sequence[nearest.Near], query: Query) -> Rows:
    rows = places.rows([each.digest for each in found])
    return rows if query.allowed is None else rows[query.allowed[rows]]
