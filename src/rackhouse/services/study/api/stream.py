"""Server-sent events while an answer is made. Who goes away stops it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from starlette.responses import StreamingResponse

from rackhouse.kit.web.answers import shaped
from rackhouse.kit.web.problem import Problem
from rackhouse.services.study.model.answer import Answer, Heading, Quote, Said
from rackhouse.services.study.model.trace import Step
from rackhouse.services.study.service.events import Event, Gathered, Restart, Status, Tell

_BEAT = 15.0  # seconds after which a comment says that the connection lives
_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-accel-buffering": "no",
}
_NAMES: dict[type, str] = {
    Status: "status",
    Gathered: "evidence",
    Restart: "restart",
    Heading: "part",
    Said: "part",
    Quote: "part",
    Step: "trace",
    Answer: "done",
}
_log = logging.getLogger("rackhouse.study")

Making = Callable[[Tell], Awaitable[Answer]]
Writing = Callable[[Event | Answer | Problem], tuple[str, bytes] | None]


def streamed(make: Making) -> StreamingResponse:
    """What `make` tells as JSON, and the whole answer at the end."""
    return streamed_as(make, _json)


def streamed_as(make: Making, write: Writing) -> StreamingResponse:
    """The same as events that `write` names and fills."""
    return StreamingResponse(_told(make, write), media_type="text/event-stream", headers=_HEADERS)


async def _told(make: Making, write: Writing) -> AsyncIterator[bytes]:
    waiting: asyncio.Queue[Event | Answer | Problem] = asyncio.Queue()

    async def work() -> None:
        try:
            waiting.put_nowait(await make(waiting.put_nowait))
        except Problem as problem:
            waiting.put_nowait(problem)
        except Exception as error:  # noqa: BLE001  the stream has begun: its end says so
            _log.exception("an answer failed: %s", type(error).__name__)
            waiting.put_nowait(Problem("the service failed", fix="its log says how"))

    working = asyncio.create_task(work())
    try:
        while True:
            try:
                told = await asyncio.wait_for(waiting.get(), _BEAT)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if event := write(told):
                yield b"event: " + event[0].encode() + b"\ndata: " + event[1] + b"\n\n"
            if isinstance(told, Answer | Problem):
                return
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


def _json(told: Event | Answer | Problem) -> tuple[str, bytes]:
    if isinstance(told, Problem):
        return "error", msgspec.json.encode(shaped(told))
    return _NAMES[type(told)], msgspec.json.encode(told)
