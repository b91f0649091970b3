"""The gateway's own HTTP client: what it no longer needs is freed as it ends, and what came in time
is in time however late somebody looks.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fakes.loops import both
from fakes.models.spoken import (
    CHUNKED,
    LONG,
    MOST,
    OK,
    SHORT,
    Act,
    Flood,
    ask,
    gone,
    saying,
    serving,
)
from rackhouse.services.gateway.clients.http.connection import Connection
from rackhouse.services.gateway.clients.http.errors import Broken, HttpError
from rackhouse.services.gateway.clients.http.pool import Pool, opened


@contextmanager
def _no_look() -> Iterator[None]:
    """Python does not look for objects that only know each other."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _open(pool: Pool) -> list[weakref.ref[Connection]]:
    return [weakref.ref(each) for each in pool._open]


async def _fails(pool: Pool, url: str) -> list[weakref.ref[Connection]]:
    """Asks in vain. The connections that it had."""
    asking = asyncio.create_task(ask(pool, url, patience=SHORT))
    while not pool._open:
        await asyncio.sleep(0)
    those = _open(pool)
    try:
        await (await asking).whole(MOST)
    except HttpError:
        return those
    finally:
        del asking  # its error knows this frame
    raise AssertionError("it was answered")


@both
async def test_a_request_that_failed_is_freed_as_it_ends() -> None:
    said = [(), (Act.CUT,), (b"nonsense\r\n\r\n",), (CHUNKED + b"1\r\na\r\n", Act.CUT)]
    for each in said:
        with _no_look():
            async with saying((*each, LONG)) as (server, pool):
                those = await _fails(pool, server.url)
                await gone(pool)
                await asyncio.sleep(0.02)
                assert [one() for one in those] == [None]


@both
async def test_an_answer_that_was_left_is_freed_with_what_was_not_read() -> None:
    with _no_look():
        async with saying((OK + b"content-length: 300000\r\n\r\n", bytes(200_000), LONG)) as (
            server,
            pool,
        ):
            answer = await ask(pool, server.url)
            await answer.some()
            await asyncio.sleep(0.05)
            those = _open(pool)
            answer.close()
            del answer
            await gone(pool)
            await asyncio.sleep(0.02)
            assert [one() for one in those] == [None]


@both
async def test_what_came_in_time_is_in_time_however_late_it_is_looked_at() -> None:
    asked = threading.Event()

    def answer(door: socket.socket) -> None:
        one, _ = door.accept()
        with one:
            one.recv(10_000)
            asked.wait()
            time.sleep(0.1)
            one.sendall(CHUNKED + b"2\r\n{}\r\n")
            time.sleep(0.6)
            one.sendall(b"0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=answer, args=(door,))
        thread.start()
        async with opened(Pool(LONG)) as pool:
            url = f"http://127.0.0.1:{door.getsockname()[1]}"
            asking = asyncio.create_task(ask(pool, url, patience=0.5))
            await asyncio.sleep(0.1)
            asked.set()
            time.sleep(0.6)  # the loop is held up: the answer came after a tenth of it
            got = await asking
            got.bear(LONG)
            assert await got.whole(MOST) == b"{}"
        thread.join()


@both
async def test_headers_without_end_are_not_taken_while_nobody_reads() -> None:
    flood = Flood(CHUNKED + b"2\r\n{}\r\n0\r\n", b"x: " + b"a" * 100_000 + b"\r\n")
    async with opened(Pool(LONG)) as pool, serving(flood.handle) as url:
        answer = await ask(pool, url)
        await flood.held_up()
        assert await answer.some() == b"{}"
        with pytest.raises(Broken, match="headers"):
            await answer.some()
        answer.close()
