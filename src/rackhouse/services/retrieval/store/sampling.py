"""What of a large collection is read in place of its vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.collection import Collection
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.places import Digests, Places, Rows
from rackhouse.services.retrieval.model.ranking.far import spread
from rackhouse.services.retrieval.store import nearest


@dataclass(frozen=True, slots=True)
class Sampled:
    """Where its texts stand; `documents` has the number of the document of each passage; and the
    vectors of some `rows`, by rendering, of one dimension.
    """

    places: Places
    documents: NDArray[np.int32]
    rows: Rows
    vectors: dict[str, NDArray[np.float32]]
    dimension: int


async def sampled(
    connection: Connection,
    collection: Collection,
    passages: Sequence[Passage],
    digests: Mapping[str, Digests],
) -> Sampled | None:
    """`digests` by rendering, a row for each passage; None where nothing has a vector."""
    counted = await nearest.counted(connection, collection.name, collection.model)
    if counted is None or not digests:
        return None
    space, places = counted[0], Places(digests)
    rows = spread(len(passages))
    known = await nearest.of(connection, space, places.digests(rows))
    vectors = places.vectors(rows, known, space.dimension)
    return Sampled(places, _numbered(passages), rows, vectors, space.dimension)


def _numbered(passages: Sequence[Passage]) -> NDArray[np.int32]:
    numbers: dict[str, int] = {}
    own = (numbers.setdefault(each.document, len(numbers)) for each in passages)
    return np.fromiter(own, np.int32, len(passages))
