"""Requests take turns at the embedder, and what waits is computed together. No timers: while one
batch is computed, the next one gathers.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rackhouse.services.gateway.worker.embedder import Vectors

_TURN = 64  # texts that are computed before another request has its turn
_LONGEST = 120.0  # seconds of a turn, and far more than one takes on any machine

Compute = Callable[[Sequence[list[int]]], Vectors]


@dataclass(slots=True, eq=False)
class _Request:
    """`texts` in the order asked; `taken` of them are computed, or being computed."""

    texts: Sequence[list[int]]
    done: asyncio.Future[list[Vectors]]
    taken: int = 0
    parts: list[Vectors] = field(default_factory=list)

    def take(self, most: int) -> Sequence[list[int]]:
        took = self.texts[self.taken : self.taken + most]
        self.taken += len(took)
        return took

    def give(self, rows: Vectors) -> None:
        self.parts.append(rows)
        if sum(map(len, self.parts)) == len(self.texts) and not self.done.done():
            self.done.set_result(self.parts)


class Desk:
    """One computation at a time, in a thread; `work` runs for as long as the process."""

    def __init__(self, compute: Compute) -> None:
        self._compute = compute
        self._waiting: deque[_Request] = deque()
        self._arrived = asyncio.Event()
        self._since = 0.0  # when the turn began that is computed, 0 while none is

    @property
    def hangs(self) -> bool:
        """Whether a turn takes longer than any can."""
        return bool(self._since) and time.monotonic() - self._since > _LONGEST

    async def vectors(self, texts: Sequence[list[int]]) -> list[Vectors]:
        """Rows in the order of `texts`, in parts as they were computed. Raises what went wrong."""
        request = _Request(texts, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        self._arrived.set()
        return await request.done

    async def work(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while turn := self._turn():
                await self._answer(turn)

    def _turn(self) -> list[tuple[_Request, Sequence[list[int]]]]:
        """The next texts: of whoever waits longest, and of others if there is room. Who has more
        goes to the end of the row.
        """
        turn: list[tuple[_Request, Sequence[list[int]]]] = []
        room = _TURN
        for _ in range(len(self._waiting)):
            request = self._waiting.popleft()
            if request.done.done():  # its client has left
                continue
            took = request.take(room)
            room -= len(took)
            turn.append((request, took))
            if request.taken < len(request.texts):
                self._waiting.append(request)
            if not room:
                break
        return turn

    async def _answer(self, turn: list[tuple[_Request, Sequence[list[int]]]]) -> None:
        texts = [text for _, took in turn for text in took]
        self._since = time.monotonic()
        try:
            rows = await asyncio.to_thread(self._compute, texts)
        except Exception as error:  # noqa: BLE001 (whoever waits is told)
            for request, _ in turn:
                if not request.done.done():
                    request.done.set_exception(error)
            return
        finally:
            self._since = 0.0
        first = 0
        for request, took in turn:
            request.give(rows[first : first + len(took)])
            first += len(took)
