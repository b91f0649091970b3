"""Requests take turns at the embedder, and what waits is computed together. No timers: while one
batch is computed, the next one gathers.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rackhouse.services.gateway.worker.batches import batches, together
from rackhouse.services.gateway.worker.embedder import Vector, Vectors

_LONGEST = 120.0  # seconds of a turn, and far more than one takes on any machine

Compute = Callable[[Sequence[list[int]]], Vectors]


class _Request:
    """Texts in the order asked, computed in batches of like length. Cancelled: nobody waits."""

    def __init__(self, texts: Sequence[list[int]]) -> None:
        self._texts = texts
        self._left = deque(batches([len(text) for text in texts]))
        self._rows: dict[int, Vector] = {}
        self.done: asyncio.Future[list[Vector]] = asyncio.get_running_loop().create_future()

    def __bool__(self) -> bool:
        """Whether more of it is to be taken."""
        return bool(self._left) and not self.done.done()

    def next(self) -> list[list[int]]:
        """The texts of its next batch."""
        return [self._texts[place] for place in self._left[0]]

    def take(self) -> list[int]:
        """Where its next batch has its places."""
        return self._left.popleft()

    def give(self, places: Sequence[int], rows: Vectors) -> None:
        self._rows.update(zip(places, rows, strict=True))
        if len(self._rows) == len(self._texts) and not self.done.done():
            self.done.set_result([self._rows[place] for place in range(len(self._texts))])

    def fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is computed together: `texts`, and whose they are."""

    texts: list[list[int]]
    shares: list[tuple[_Request, list[int]]]

    def take(self, request: _Request) -> bool:
        """The next batch of it too, if that fits."""
        more = request.next()
        if self.texts and not together([len(text) for text in (*self.texts, *more)]):
            return False
        self.texts.extend(more)
        self.shares.append((request, request.take()))
        return True


class Desk:
    """`hands` computations at once, each in a thread; `work` runs for as long as the process."""

    def __init__(self, compute: Compute, hands: int) -> None:
        self._compute = compute
        self._waiting: deque[_Request] = deque()
        self._arrived = asyncio.Event()
        self._since = [0.0] * hands  # when the turn of each began, 0 while it has none

    @property
    def hangs(self) -> bool:
        """Whether a turn takes longer than any can."""
        now = time.monotonic()
        return any(since and now - since > _LONGEST for since in self._since)

    async def vectors(self, texts: Sequence[list[int]]) -> list[Vector]:
        """One for each of `texts`, in their order. Raises what went wrong."""
        request = _Request(texts)
        self._waiting.append(request)
        self._arrived.set()
        return await request.done

    async def work(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as hands:
            for hand in range(len(self._since)):
                hands.create_task(self._work(hand))

    async def _work(self, hand: int) -> None:
        while True:
            await self._arrived.wait()
            turn = self._turn()
            if turn.texts:
                await self._answer(hand, turn)
            else:
                self._arrived.clear()

    def _turn(self) -> _Turn:
        """A batch of whoever waits longest, and those of others that fit. Who has more goes to the
        end of the row.
        """
        turn = _Turn([], [])
        behind: list[_Request] = []
        before = [request for request in self._waiting if request]
        self._waiting.clear()
        for request in before:
            (behind if turn.take(request) else self._waiting).append(request)
        self._waiting.extend(filter(None, behind))
        return turn

    async def _answer(self, hand: int, turn: _Turn) -> None:
        self._since[hand] = time.monotonic()
        try:
            rows = await asyncio.to_thread(self._compute, turn.texts)
        except Exception as error:  # noqa: BLE001 (whoever waits is told)
            for request, _ in turn.shares:
                request.fail(error)
            return
        finally:
            self._since[hand] = 0.0
        first = 0
        for request, places in turn.shares:
            request.give(places, rows[first : first + len(places)])
            first += len(places)
