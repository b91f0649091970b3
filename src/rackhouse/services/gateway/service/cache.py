"""Exact answers given again, for names that say how long. Decides what the same request is, and
which answers are fit to be given twice; asks nobody itself.

The same is: the same application and person, name, tags and body, field by field; a stream and a
whole answer are two. What may be given again came whole, was not cut short, and did not fail the
verifiers.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from rackhouse.services.gateway.model.call import Call, Pieces, Reply, Task, Usage
from rackhouse.services.gateway.model.config import Config

_ROOM = 16 * 2**20  # bytes that one process holds
_LARGEST = 2**20  # bytes of an answer that is held
# Of a whole answer or an event: it ended for want of room, was held back, or is no answer at all.
_CUT = re.compile(rb'"finish_reason"\s*:\s*"(?:length|content_filter)"|"(?:error|rackhouse)"\s*:')
_HIT, _MISS = {"x-rackhouse-cache": "hit"}, {"x-rackhouse-cache": "miss"}


class Shelf(Protocol):
    """What replicas share. Neither call raises, nor takes long."""

    async def get(self, key: bytes) -> bytes | None:
        """What was put there, where it is still there and can be had just now."""

    async def put(self, key: bytes, value: bytes, seconds: float) -> None:
        """Held so long, or not at all."""


class _Answer(msgspec.Struct, frozen=True, array_like=True):
    """`pieces` of a stream, or the one of a whole answer."""

    upstream: str
    pieces: Sequence[bytes]


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(_Answer).decode


class Answers:
    """As `seams.Cache`. Several who ask the same at once, and not as a stream, have it asked once:
    the others wait for the first, and ask themselves where it has nothing to give them.
    """

    def __init__(
        self,
        config: Config,
        shelf: Shelf | None = None,
        room: int = _ROOM,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = {each.name: each.cache for each in config.models if each.cache > 0}
        self._upstreams = {each.name: each for each in config.upstreams}
        self._held = _Held(room, now)
        self._shelf = shelf
        self._asking: dict[bytes, asyncio.Event] = {}

    def keeps(self, call: Call) -> bool:
        """As `seams.Cache`. What a client told to nobody else is told to nobody again."""
        fit = call.model in self._seconds and call.task is not Task.RESPONSE
        return fit and not (call.fresh or call.private)

    async def through(self, call: Call, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        """As `seams.Cache`."""
        key = _key(call)
        if call.stream:
            return await self._find(key, call) or await self._ask(key, call, ask)
        if (first := self._asking.get(key)) is not None:
            await first.wait()
            return self._here(key, call) or await self._ask(key, call, ask)
        first = self._asking[key] = asyncio.Event()
        try:
            return await self._find(key, call) or await self._ask(key, call, ask)
        finally:
            del self._asking[key]
            first.set()

    def _here(self, key: bytes, call: Call) -> Reply | None:
        found = self._held.get(key)
        return self._again(found, call) if found is not None else None

    async def _find(self, key: bytes, call: Call) -> Reply | None:
        if found := self._here(key, call):
            return found
        if self._shelf is None or (there := await self._shelf.get(key)) is None:
            return None
        try:
            return self._again(_unpack(there), call)
        except ValueError:  # of another version of ours
            return None

    def _again(self, answer: _Answer, call: Call) -> Reply | None:
        if (upstream := self._upstreams.get(answer.upstream)) is None:
            return None
        reply = Reply(upstream=upstream, headers=_HIT, usage=Usage(known=True))
        if call.stream:
            reply.pieces = _Played(answer.pieces)
        else:
            reply.body = answer.pieces[0]
        return reply

    async def _ask(self, key: bytes, call: Call, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        reply = await ask()
        reply.headers = {**reply.headers, **_MISS}
        if reply.pieces is not None:
            name = reply.upstream.name
            reply.pieces = _Heard(
                reply.pieces, lambda pieces: self._keep(key, call, _Answer(name, pieces))
            )
        elif reply.status == 200 and reply.holds:
            await self._keep(key, call, _Answer(reply.upstream.name, (reply.body,)))
        return reply

    async def _keep(self, key: bytes, call: Call, answer: _Answer) -> None:
        size = sum(map(len, answer.pieces))
        if size > _LARGEST or any(map(_CUT.search, answer.pieces)):
            return
        seconds = self._seconds[call.model]
        self._held.put(key, answer, size, seconds)
        if self._shelf is not None:
            await self._shelf.put(key, _pack(answer), seconds)


class _Held:
    """What this process holds: the answers that were given last, within `room` bytes."""

    def __init__(self, room: int, now: Callable[[], float]) -> None:
        self._room = room
        self._now = now
        self._answers: OrderedDict[bytes, tuple[_Answer, int, float]] = OrderedDict()
        self._size = 0

    def get(self, key: bytes) -> _Answer | None:
        if (found := self._answers.get(key)) is None:
            return None
        if self._now() >= found[2]:
            self._drop(key)
            return None
        self._answers.move_to_end(key)
        return found[0]

    def put(self, key: bytes, answer: _Answer, size: int, seconds: float) -> None:
        self._drop(key)
        self._answers[key] = answer, size + 512, self._now() + seconds  # and what holds it
        self._size += size + 512
        while self._size > self._room:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: bytes) -> None:
        if (found := self._answers.pop(key, None)) is not None:
            self._size -= found[1]


class _Played:
    """A stream that was heard before, as `model.call.Pieces`."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._left = deque(pieces)

    @property
    def more(self) -> bool:
        return bool(self._left)

    def __aiter__(self) -> _Played:
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.popleft()

    async def aclose(self) -> None:
        self._left.clear()


class _Heard:
    """A stream passed on, and told as a whole when it came to its end."""

    def __init__(self, pieces: Pieces, ended: Callable[[list[bytes]], Awaitable[None]]) -> None:
        self._pieces = pieces
        self._ended = ended
        self._heard: list[bytes] = []
        self._size = 0

    @property
    def more(self) -> bool:
        return self._pieces.more

    def __aiter__(self) -> _Heard:
        return self

    async def __anext__(self) -> bytes:
        try:
            piece = await self._pieces.__anext__()
        except StopAsyncIteration:
            heard, self._heard = self._heard, []
            if heard:
                await self._ended(heard)
            raise
        self._size += len(piece)
        if self._size > _LARGEST:
            self._heard.clear()
        else:
            self._heard.append(piece)
        return piece

    async def aclose(self) -> None:
        self._heard.clear()
        await self._pieces.aclose()


def _key(call: Call) -> bytes:
    caller = call.caller
    whose = (caller.application or f"key {caller.key}", caller.person)
    said = (whose, call.task, call.model, sorted(call.tags), call.payload)
    return hashlib.blake2b(
        msgspec.json.encode(said, order="deterministic"), digest_size=32
    ).digest()
