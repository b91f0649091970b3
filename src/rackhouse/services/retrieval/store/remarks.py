"""What is said about the passages of a collection, gathered while it is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.ranking.remarks import Said


class Remarks:
    """Those of a collection, before their texts were read."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        """All of the collection: of those that are no remarks, the places are taken."""
        self._rows: dict[str, list[int]] = defaultdict(list)
        for row, each in enumerate(it for it in passages if not it.about):
            self._rows[each.id].append(row)
        self._about = {(each.document, each.id): each.about for each in passages if each.about}
        self._said: list[Said] = []
        self._vectors: list[NDArray[np.float16] | None] = []

    def put(self, document: str, id: str, text: str, vector: NDArray[np.float16] | None) -> None:
        """A text, where anything that it is about is there."""
        about = self._about[document, id]
        rows = sorted({row for each in about for row in self._rows.get(each, ())})
        if rows:
            self._said.append(Said(text, tuple(rows)))
            self._vectors.append(vector)

    def read(self) -> tuple[list[Said], NDArray[np.float16] | None]:
        """All, and a row each of their vectors: zeros where there is none yet."""
        width = next((each.size for each in self._vectors if each is not None), 0)
        if not width:
            return self._said, None
        found = np.zeros((len(self._said), width), np.float16)
        for row, vector in enumerate(self._vectors):
            if vector is not None and vector.size == width:
                found[row] = vector
        return self._said, found
