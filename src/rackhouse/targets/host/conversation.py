"""What is asked of one host: all of one moment in one message, each answered as it ends."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Mapping
from typing import Any

from rackhouse.kit.errors import Unavailable
from rackhouse.targets.host.failures import raised
from rackhouse.targets.host.start import receive, send, start
from rackhouse.targets.protocol import Say
from rackhouse.transport.channel import Channel, Connect, Connection

# Seconds of silence after which a machine is given up whose connection still stands: its disk may
# have died under the agent. No tool there is given longer than `agent.commands.LIMIT`.
LOOKING = 120.0
ACTING = 960.0
_LOOKS = frozenset({"boot", "has", "observe", "output"})


class _Question:
    """One request, until it is answered."""

    def __init__(self, request: Mapping[str, Any], where: str, say: Say) -> None:
        self.request = request
        self.where = where
        self.say = say
        self.patience = LOOKING if request["do"] in _LOOKS else ACTING
        self.again = True  # whether it may be asked once more where the line breaks
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def fail(self, error: Exception) -> None:
        """Unless whoever asked has gone."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def hear(self, message: Mapping[str, Any]) -> bool:
        """Take a message about it; True when it was the last."""
        self.again = False
        if "say" in message:
            self.say(message["say"])
            return False
        if "error" in message:
            self.fail(raised(message["error"], self.where))
        elif not self.answer.done():
            self.answer.set_result(message["answer"])
        return True


class Conversation:
    """A channel to the agent that opens when it is needed, and anew when it broke.

    Requests are handled there in the order in which they were asked, one after the other. One of
    which nothing was heard when the line broke is asked once more: most often the machine was
    restarted since, and each request may be repeated.
    """

    def __init__(self, name: str, connect: Connect, *, sudo: bool, root: str = "") -> None:
        self._name = name
        self._connect = connect
        self._sudo = sudo
        self._root = root
        self._asked: list[_Question] = []
        self._open: dict[int, _Question] = {}
        self._numbers = itertools.count()
        self._sending = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._line: Connection | None = None
        self._channel: Channel | None = None
        self._limit: asyncio.Timeout | None = None  # of silence, while somebody listens

    async def ask(self, request: Mapping[str, Any], where: str, say: Say) -> Any:
        """The answer. Raises what the agent failed with, or Unavailable when it went silent."""
        question = _Question(request, where, say)
        self._put(question)
        return await question.answer

    async def reached_anew(self) -> None:
        """Connect once more beside this connection, and hang up. Raises as `connect` does."""
        await (await self._connect()).close()

    async def close(self) -> None:
        """Hang up. What was asked and not answered fails as Unavailable."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for question in self._open.values():
            question.again = False
        await self._hang_up("the connection was closed")

    def _put(self, question: _Question) -> None:
        self._asked.append(question)
        if len(self._asked) == 1:  # the first of this moment; the others join it
            asyncio.get_running_loop().call_soon(self._spawn_send)

    def _spawn_send(self) -> None:
        self._spawn(self._send(self._asked))
        self._asked = []

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, questions: list[_Question]) -> None:
        async with self._sending:
            numbered = dict(zip(self._numbers, questions, strict=False))
            try:
                channel = await self._ready()
                self._open |= numbered
                self._extend()
                message = [{"number": n, **q.request} for n, q in numbered.items()]
                await send(channel, message)
            except EOFError:
                await self._hang_up("the connection broke")
            except asyncio.CancelledError:
                for question in questions:
                    question.answer.cancel()
                raise
            except Exception as error:  # noqa: BLE001  each asker is told, and raises it
                for number, question in numbered.items():
                    self._open.pop(number, None)
                    question.fail(error)

    async def _ready(self) -> Channel:
        if self._channel is None:
            self._line = await self._connect()
            try:
                self._channel = await start(
                    self._line, self._name, sudo=self._sudo, root=self._root
                )
            except BaseException:
                line, self._line = self._line, None
                await line.close()
                raise
            self._spawn(self._listen(self._channel))
        return self._channel

    async def _listen(self, channel: Channel) -> None:
        why = "the connection broke"
        try:
            async with asyncio.timeout(None) as limit:
                self._limit = limit
                while True:
                    self._extend()
                    message = await receive(channel)
                    question = self._open.get(message["number"])
                    if question and question.hear(message):
                        del self._open[message["number"]]
        except EOFError as error:
            why = str(error) if type(error) is EOFError and str(error) else why
        except TimeoutError:
            why = "nothing was heard of it for a long time, though it is connected"
            for question in self._open.values():
                question.again = False
        if self._channel is channel:
            await self._hang_up(why)

    def _extend(self) -> None:
        """From now on it may be silent for as long as what it was asked can take."""
        if self._limit is not None and not self._limit.expired():
            patience = max((each.patience for each in self._open.values()), default=None)
            now = asyncio.get_running_loop().time()
            self._limit.reschedule(None if patience is None else now + patience)

    async def _hang_up(self, why: str) -> None:
        line, channel = self._line, self._channel
        self._limit = None
        self._line = self._channel = None
        questions, self._open = self._open, {}
        for question in questions.values():
            if question.again:
                question.again = False
                self._put(question)
                continue
            fix = "apply again: it goes on from what is there; look at that machine's power"
            question.fail(Unavailable(f"lost in mid-step: {why}", where=question.where, fix=fix))
        with contextlib.suppress(EOFError, OSError):
            if channel:
                await channel.close()
            if line:
                await line.close()
