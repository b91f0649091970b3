"""Deadlines of many requests, with one timer for all: nearly all are met, and a timer that is set
and stopped for each would be among the dearest things that a request meets here.
"""

from __future__ import annotations

import asyncio
import math
from types import TracebackType


class Deadline:
    """As `asyncio.timeout_at`: within it the task is cancelled at `end`, which is a TimeoutError
    outside. `passed`: it was.
    """

    __slots__ = ("_among", "_before", "_task", "end", "passed")

    def __init__(self, among: Deadlines, end: float) -> None:
        self.end = end
        self.passed = False
        self._among = among

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._before = task.cancelling()  # by others
        self._among.add(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self._among.discard(self)
        if self.passed:
            alone = self._task.uncancel() <= self._before
            if alone and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def come(self) -> None:
        """It is `end`."""
        self.passed = True
        self._task.cancel()


class Deadlines:
    """Those that somebody waits within, of one event loop."""

    def __init__(self) -> None:
        self._open: set[Deadline] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf  # when it looks: with the first of them, or before

    def until(self, end: float) -> Deadline:
        """One at that moment of the loop's time."""
        return Deadline(self, end)

    def add(self, deadline: Deadline) -> None:
        """It begins to count."""
        self._open.add(deadline)
        if deadline.end < self._due:
            self._wait(deadline.end)

    def discard(self, deadline: Deadline) -> None:
        """It was met, or has passed."""
        self._open.discard(deadline)

    def _wait(self, end: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due = end
        self._timer = asyncio.get_running_loop().call_at(end, self._look)

    def _look(self) -> None:
        """The timer may have been for one that was met long ago."""
        self._due = math.inf
        now = asyncio.get_running_loop().time()
        for each in [each for each in self._open if each.end <= now]:
            self._open.discard(each)
            each.come()
        if self._open:
            self._wait(min(each.end for each in self._open))
