"""What is asked for in one moment is done together. Knows nothing of switches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Moment(Generic[Asked, Answer]):
    """Gathers what is asked for until `do`, which is called with all of it, has its turn.

    `do` answers one for each, in order; what it raises, all of them raise.
    """

    def __init__(self, do: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]]) -> None:
        self._do = do
        self._turn = asyncio.Lock()
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, one: Asked) -> Answer:
        """Its answer."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if len(self._waiting) == 1:  # the others join it
            task = asyncio.create_task(self._go())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def close(self) -> None:
        """Stop what is being done; whoever waits is cancelled."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _go(self) -> None:
        async with self._turn:
            gathered, self._waiting = self._waiting, []
            try:
                found = await self._do([one for one, _ in gathered])
            except asyncio.CancelledError:
                for _, answer in gathered:
                    answer.cancel()
                raise
            except Exception as error:  # noqa: BLE001  each asker is told, and raises it
                for _, answer in gathered:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for (_, answer), each in zip(gathered, found, strict=True):
                    if not answer.done():
                        answer.set_result(each)
