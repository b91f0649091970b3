"""The trace as it grows: steps with their times, told to whoever listens as they come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rackhouse.services.study.model.trace import Step

MOST = 200  # steps that are kept
LONGEST = 300  # characters of a step


class Trace:
    """`listen` is called with each step."""

    def __init__(self, listen: Callable[[Step], None] | None = None) -> None:
        self.steps: list[Step] = []
        self._listen = listen

    def step(self, kind: str, what: str, detail: str = "", ms: int = 0) -> None:
        """One more. Of very many the last ones are not kept."""
        if len(self.steps) >= MOST:
            return
        one = Step(kind=kind, what=what[:LONGEST], detail=detail[:LONGEST], ms=ms)
        self.steps.append(one)
        if self._listen is not None:
            self._listen(one)

    @contextmanager
    def timed(self, kind: str, what: str) -> Iterator[Callable[[str], None]]:
        """A step that takes time; its detail is told within."""
        begun, details = time.monotonic(), [""]
        try:
            yield details.append
        except BaseException as error:
            details.append(f"failed: {type(error).__name__}")
            raise
        finally:
            self.step(kind, what, details[-1], round((time.monotonic() - begun) * 1000))
