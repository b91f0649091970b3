"""Runs: what the forge wants of whoever works on them. `Scheduler` is the one that does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol


class Runs(Protocol):
    """Told of pushes; tells how their runs go."""

    async def run(self) -> None:
        """Work for ever, until cancelled."""
        ...

    def warm(self) -> None:
        """A push begins."""
        ...

    def wake(self) -> None:
        """There is something new in the queue."""
        ...

    def follow(self, runs: Sequence[int]) -> AsyncIterator[str]:
        """Lines for a terminal until these runs have ended."""
        ...
