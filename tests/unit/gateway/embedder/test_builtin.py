"""The embedder as an upstream: started when it is asked for, and asked again when it died."""

from __future__ import annotations

import asyncio
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rackhouse.kit.errors import Missing, Unavailable
from rackhouse.services.gateway.clients import builtin
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.worker import keeper
from rackhouse.services.gateway.worker.keeper import Keeper
from rackhouse.services.gateway.worker.room import Room

ANSWER = b'{"object":"list","data":[{"embedding":[1]}],"usage":{"prompt_tokens":4}}'
UPSTREAM = Upstream(name="built in", kind=Kind.BUILTIN, model="m", local=True, first_byte=10)


class Worker:
    """Listens, and cuts off the first `breaks` requests."""

    def __init__(self, socket: Path, breaks: int = 0) -> None:
        self.socket, self.breaks = socket, breaks
        self.asked = 0
        self.closed = False

    async def ready(self) -> Path:
        return self.socket

    async def close(self) -> None:
        self.closed = True

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_unix_server(self._answer, self.socket)
        yield
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        if self.asked > self.breaks:
            head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(ANSWER)}\r\nconnection: close\r\n\r\n"
            writer.write(head.encode() + ANSWER)
        writer.close()


@pytest.fixture
def socket() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:  # short enough for a socket
        yield Path(folder) / "socket"


def _call(task: Task = Task.EMBEDDING) -> Call:
    return Call(id="1", caller=Caller(key="k"), task=task, model="m", payload={"input": "x"})


@pytest.mark.parametrize("breaks", [0, 1, 2])
async def test_a_worker_that_breaks_off_is_asked_again(socket: Path, breaks: int) -> None:
    worker = Worker(socket, breaks)
    async with worker.listening(), builtin.opened(lambda _: worker) as client:
        reply = await client.ask(UPSTREAM, _call())
    assert (reply.body, reply.usage.input) == (ANSWER, 4)
    assert worker.asked == breaks + 1
    assert worker.closed


async def test_it_is_not_asked_for_ever(socket: Path) -> None:
    worker = Worker(socket, breaks=100)
    async with worker.listening(), builtin.opened(lambda _: worker) as client:
        with pytest.raises(Failed, match="broke off"):
            await client.ask(UPSTREAM, _call())
    assert worker.asked == 3


async def test_it_has_nothing_but_embeddings(socket: Path) -> None:
    async with builtin.opened(lambda _: Worker(socket)) as client:
        with pytest.raises(Failed, match="has no chat") as failed:
            await client.ask(UPSTREAM, _call(Task.CHAT))
    assert not failed.value.fault


async def test_one_that_starts_slowly_is_healthy_and_another_may_answer(socket: Path) -> None:
    class Slow(Worker):
        async def ready(self) -> Path:
            await asyncio.sleep(3600)
            return self.socket

    soon = Upstream(name="built in", kind=Kind.BUILTIN, model="m", first_byte=0.01)
    async with builtin.opened(lambda _: Slow(socket)) as client:
        with pytest.raises(Failed, match="still starting") as failed:
            await client.ask(soon, _call())
    assert (failed.value.fault, failed.value.asked) == (False, False)


async def test_one_that_does_not_start_is_told(socket: Path) -> None:
    class Broken(Worker):
        async def ready(self) -> Path:
            raise Unavailable("the embedder does not start")

    async with builtin.opened(lambda _: Broken(socket)) as client:
        with pytest.raises(Failed, match="does not start"):
            await client.ask(UPSTREAM, _call())


async def test_one_that_cannot_be_kept_is_told_tried_again_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the reason, which the log has: nobody waits for ever, and the end is an end."""
    monkeypatch.setattr(keeper, "_SHORTEST", 0.0)
    kept = Keeper("all-MiniLM-L6-v2", tmp_path)
    starts: asyncio.Queue[None] = asyncio.Queue()

    async def start(_: Room) -> Process:
        await starts.put(None)
        raise IndexError("scripted")

    monkeypatch.setattr(kept, "_start", start)
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable, match="the gateway's log says why"):
            await kept.ready()
        for _ in range(3):
            await starts.get()
        await kept.close()
    assert "IndexError: scripted" in caplog.text


async def test_a_model_that_nobody_has_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="all-MiniLM-L6-v2:fp32"):
        Keeper("all-mpnet", tmp_path)
    async with builtin.opened(lambda model: Keeper(model, tmp_path)) as client:
        with pytest.raises(Failed, match="has no 'm'"):
            await client.ask(UPSTREAM, _call())
