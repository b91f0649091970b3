"""Is it ready? Real sockets, and what they answered."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rackhouse.supervisor import probe
from rackhouse.supervisor.clock import FakeClock, MachineClock

ENV = {"PATH": os.environ["PATH"], "WORD": "sesame"}


async def asked(**wanted: object) -> str:
    """The first refusal, or nothing when it was ready at once."""
    refusals: list[str] = []
    asking = asyncio.create_task(
        probe.until_ready(wanted, ENV, Path("/"), MachineClock(), refusals.append)
    )
    while not asking.done() and not refusals:
        await asyncio.sleep(0.005)
    asking.cancel()
    return refusals[0] if refusals else ""


@asynccontextmanager
async def server(answer: Callable[[bytes], bytes]) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(await reader.readuntil(b"\r\n\r\n")))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def test_tcp() -> None:
    async with server(lambda _: b"") as port:
        assert await asked(tcp=port) == ""
    port = free_port()
    refusal = await asked(tcp=port)
    assert refusal.startswith(f"127.0.0.1:{port} does not accept connections")


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", ""),
        (b"HTTP/1.0 204\r\n\r\n", ""),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", ""),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "answers 404"),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "answers 503"),
        (b"SSH-2.0-OpenSSH\r\n", "not an HTTP answer"),
        (b"HTTP/1.1 what\r\n", "fails: "),
        (b"", "not an HTTP answer"),
        (b"x" * 100_000, "fails: "),
    ],
)
async def test_http(answer: bytes, refusal: str) -> None:
    async with server(lambda _: answer) as port:
        said = await asked(http=f"http://127.0.0.1:{port}/ready?token=secret")
    assert refusal in said
    assert "secret" not in said
    assert bool(said) == bool(refusal)


async def test_http_asks_as_it_was_told() -> None:
    heard: list[bytes] = []

    def answer(request: bytes) -> bytes:
        heard.append(request)
        return b"HTTP/1.1 200 OK\r\n\r\n"

    async with server(answer) as port:
        await asked(http=f"http://127.0.0.1:{port}/a?b=c", headers={"X-Word": "sesame"})
    lines = heard[0].decode().split("\r\n")
    assert lines[0] == "GET /a?b=c HTTP/1.1"
    assert f"Host: 127.0.0.1:{port}" in lines
    assert "X-Word: sesame" in lines


async def test_http_where_nobody_listens() -> None:
    port = free_port()
    said = await asked(http=f"http://127.0.0.1:{port}/")
    assert said.startswith(f"GET http://127.0.0.1:{port}/ fails: ")


async def test_an_answer_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_PATIENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        said = await asked(http=f"http://127.0.0.1:{port}/")
    assert "no answer within 0.05 s" in said


async def test_a_command() -> None:
    assert await asked(command=["sh", "-c", '[ "$WORD" = sesame ]']) == ""
    said = await asked(command=["sh", "-c", "echo not yet; exit 2"])
    assert said == "the probe sh ends with 2: not yet"
    assert "no-such-tool is not on this machine" in await asked(command=["no-such-tool"])


async def test_alive(clock: FakeClock) -> None:
    asking = asyncio.create_task(probe.until_ready({"alive": 5}, ENV, Path("/"), clock, sys.exit))
    await clock.advance(4.9)
    assert not asking.done()
    await clock.advance(0.2)
    assert asking.done()


async def test_asks_often_at_first_and_rarely_later(clock: FakeClock) -> None:
    moments: list[float] = []
    wanted = {"tcp": free_port()}

    def say(_: str) -> None:
        moments.append(clock.steady())

    asking = asyncio.create_task(probe.until_ready(wanted, ENV, Path("/"), clock, say))
    while len(moments) < 30:
        await clock.advance(0.005)
    asking.cancel()
    pauses = [b - a for a, b in itertools.pairwise(moments)]
    assert pauses[0] < 0.02
    assert 0.2 < pauses[-1] < 0.3
