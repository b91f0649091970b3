"""What this process did to fill collections: it only grows."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from rackhouse.services.retrieval.model.collection import State


class Step(StrEnum):
    """What takes its time."""

    READING = "reading"
    EMBEDDING = "embedding"


class Work:
    """Counted once it is committed."""

    def __init__(self) -> None:
        self.documents: Counter[str] = Counter()  # `read`, and those that were `refused`
        self.passages = 0
        self.embedded = 0  # texts
        self.jobs: Counter[State] = Counter()  # as they ended
        self.seconds = dict.fromkeys(Step, 0.0)

    def read(self, documents: int, refused: int, passages: int, seconds: float) -> None:
        """Documents, some of which could not be; what they were cut into; and how long it took."""
        self.documents.update(read=documents - refused, refused=refused)
        self.passages += passages
        self.seconds[Step.READING] += seconds

    def embed(self, texts: int, seconds: float) -> None:
        """So many were embedded."""
        self.embedded += texts
        self.seconds[Step.EMBEDDING] += seconds
