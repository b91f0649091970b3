"""What waits is worked on together, in a thread, and while it is, the next gathers: no timers, and
nothing waits where nothing else is asked.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from typing import Final, Generic, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")

_TURN: Final = 8  # jobs: more of them together are hardly quicker, and the first waits for the last


class Together(Generic[Job, Done]):
    """`work` answers each of some jobs, in their order; `turns` may be worked on at once."""

    def __init__(
        self, work: Callable[[Sequence[Job]], Iterable[Done]], threads: Executor, turns: int
    ) -> None:
        self._work = work
        self._threads = threads
        self._free = turns
        self._waiting: deque[tuple[Job, asyncio.Future[Done]]] = deque()
        self._working: set[asyncio.Task[None]] = set()  # else nobody holds them

    async def done(self, job: Job) -> Done:
        """What `work` answers, or raises."""
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._free:
            self._free -= 1
            working = asyncio.create_task(self._turns())
            self._working.add(working)
            working.add_done_callback(self._working.discard)
        return await future

    async def _turns(self) -> None:
        try:
            while turn := self._turn():
                await self._take(turn)
        finally:
            self._free += 1

    def _turn(self) -> list[tuple[Job, asyncio.Future[Done]]]:
        """Without those whose client has left."""
        turn: list[tuple[Job, asyncio.Future[Done]]] = []
        while self._waiting and len(turn) < _TURN:
            job, future = self._waiting.popleft()
            if not future.done():
                turn.append((job, future))
        return turn

    async def _take(self, turn: Sequence[tuple[Job, asyncio.Future[Done]]]) -> None:
        loop = asyncio.get_running_loop()

        def work() -> None:
            answers = iter(self._work([job for job, _ in turn]))
            for _, future in turn:
                loop.call_soon_threadsafe(_answer, future, next(answers))

        try:
            await loop.run_in_executor(self._threads, work)
        except Exception as error:  # noqa: BLE001 (whoever waits is told)
            for _, future in turn:
                if not future.done():
                    future.set_exception(error)


def _answer(future: asyncio.Future[Done], answer: Done) -> None:
    if not future.done():
        future.set_result(answer)
