"""What the service needs from outside. `memory` has a twin of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.asking import Reference

Vector = NDArray[np.float32]


class Models(Protocol):
    """The gateway. NoAnswer, Refused."""

    async def embed(self, model: str, texts: Sequence[str], seconds: float) -> list[Vector]:
        """A vector of length 1 for each text."""

    async def rerank(
        self, model: str, query: str, texts: Sequence[str], seconds: float
    ) -> list[float]:
        """How well each text fits the query."""


class Resolvers(Protocol):
    """Who knows references. NoAnswer, Refused."""

    async def references(self, resolver: str, text: str) -> Sequence[Reference]:
        """Those that stand in the text."""
