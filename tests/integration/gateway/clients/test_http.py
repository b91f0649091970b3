"""The gateway's own HTTP client: after what a connection is used again, and what broke off."""

from __future__ import annotations

import asyncio
import gzip
import time

import pytest

from fakes.loops import both
from fakes.models.spoken import (
    CHUNKED,
    ENDLESS,
    LONG,
    MOST,
    OK,
    TWO,
    Act,
    Said,
    ask,
    saying,
    serving,
    whole,
)
from rackhouse.services.gateway.clients.http.errors import Broken
from rackhouse.services.gateway.clients.http.pool import Pool, opened

_PACKED = gzip.compress(b"{}", mtime=0)


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (TWO, b"{}"),
        (TWO + b"\r\n", b"{}"),  # an empty line too many, as old servers send it
        (OK + b"content-length: 0\r\n\r\n", b""),
        (CHUNKED + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", b"{}"),
        (CHUNKED + b'1;a=b\r\n{\r\n1;c="d;e"\r\n}\r\n0;f\r\nx-t: 1\r\nstatus: 9\r\n\r\n', b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + TWO, b"{}"),
        (b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 102 Wait\r\n\r\n" + TWO, b"{}"),
        (b"HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\n{}", b"{}"),
        (
            OK + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(_PACKED) + _PACKED,
            b"{}",
        ),
    ],
)
@pytest.mark.parametrize("pieces", [False, True])
@both
async def test_a_connection_is_used_again_after_a_whole_answer(
    said: bytes, body: bytes, pieces: bool
) -> None:
    parts = [said[each : each + 7] for each in range(0, len(said), 7)] if pieces else [said]
    acts: Said = tuple(act for each in parts for act in (each, 0.001))
    async with saying(acts, acts, TWO) as (server, pool):
        assert await whole(pool, server.url) == body
        assert await whole(pool, server.url) == body
        assert await whole(pool, server.url) == b"{}"
    assert (server.connections, len(server.asked)) == (1, 3)


@pytest.mark.parametrize(
    "said",
    [
        (OK + b"connection: close\r\ncontent-length: 2\r\n\r\n{}",),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}",),
        (TWO + OK + b"content-length: 3\r\n\r\nbad",),
        (TWO + OK + b"content-length: 3\r\n",),
        (TWO + b"H",),
        (TWO + b"}",),
        (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n0\r\n\r\n",),
        (b"HTTP/1.1 204 No Content\r\n\r\n{}",),
        (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n12345",),
        (ENDLESS + b"{}", Act.CUT),
    ],
)
@both
async def test_a_connection_is_not_used_again_where_more_may_follow(said: Said) -> None:
    async with saying(said, TWO) as (server, pool):
        assert await whole(pool, server.url) in (b"{}", b"")
        assert await whole(pool, server.url) == b"{}"
        assert server.connections == 2


@pytest.mark.parametrize("more", [(TWO,), (b"\r\n",), (Act.CUT,), (Act.RESET,)])
@both
async def test_an_idle_connection_that_is_spoken_on_or_ended_is_let_go(more: Said) -> None:
    async with saying((TWO, 0.02, *more), TWO) as (server, pool):
        assert await whole(pool, server.url) == b"{}"
        await server.let_go()
        await asyncio.sleep(0.02)
        assert await whole(pool, server.url) == b"{}"
        assert server.connections == 2


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 20",
        OK + b"content-length: 10\r\n",
        OK + b"content-length: 10\r\n\r\n",
        OK + b"content-length: 10\r\n\r\n{}",
        CHUNKED + b"5\r\n{}",
        CHUNKED + b"2\r\n{}\r\n",
        CHUNKED + b"2\r\n{}\r\n0\r\n",
        OK + b"transfer-encoding: chunked, gzip\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
@pytest.mark.parametrize("end", list(Act))
@both
async def test_what_is_cut_broke_off(said: bytes, end: Act) -> None:
    async with saying((said, 0.01, end), TWO) as (server, pool):
        with pytest.raises(Broken, match="broke off"):
            await whole(pool, server.url)
        assert await whole(pool, server.url) == b"{}"
        assert server.connections == 2


@both
async def test_without_a_length_the_end_of_the_connection_is_the_end_of_the_body() -> None:
    said = ENDLESS + b"a" * 1000
    async with saying((said, 0.01, b"b", Act.CUT), (said, 0.01, Act.RESET)) as (server, pool):
        assert await whole(pool, server.url) == b"a" * 1000 + b"b"
        with pytest.raises(Broken, match="broke off"):
            await whole(pool, server.url)


@pytest.mark.parametrize("read", [False, True])
@both
async def test_a_connection_that_is_left_half_read_is_closed(read: bool) -> None:
    half = OK + b"content-length: 10\r\n\r\n{}"
    async with saying(half, TWO) as (server, pool):
        answer = await ask(pool, server.url)
        if read:
            assert await answer.some() == b"{}"
        answer.release()
        assert await answer.some() == b""
        await server.let_go()
        assert await whole(pool, server.url) == b"{}"


@both
async def test_what_came_whole_and_was_not_read_is_not_read_by_the_next() -> None:
    async with saying(TWO, OK + b"content-length: 1\r\n\r\n1") as (server, pool):
        answer = await ask(pool, server.url)
        await asyncio.sleep(0.02)
        answer.release()
        assert await whole(pool, server.url) == b"1"
        assert server.connections == 2


@both
async def test_who_closes_twice_or_late_closes_nothing_of_others() -> None:
    async with saying(TWO, TWO) as (server, pool):
        answer = await ask(pool, server.url)
        assert await answer.whole(MOST) == b"{}"
        answer.close()
        answer.release()
        assert await whole(pool, server.url) == b"{}"
        assert server.connections == 1


@both
async def test_a_connection_is_closed_when_nobody_took_it_for_so_long() -> None:
    async with saying(TWO, TWO, kept=0.05) as (server, pool):
        assert await whole(pool, server.url) == b"{}"
        await server.let_go()
        assert await whole(pool, server.url) == b"{}"
    assert server.connections == 2


@both
async def test_a_connection_that_is_too_old_is_not_taken() -> None:
    async with saying(TWO, TWO, kept=0.05) as (server, pool):
        assert await whole(pool, server.url) == b"{}"
        time.sleep(0.1)  # nobody sweeps meanwhile
        await asyncio.sleep(0)
        assert await whole(pool, server.url) == b"{}"
    assert server.connections == 2


@both
async def test_an_answer_that_came_before_all_was_sent_ends_the_connection() -> None:
    connections = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(TWO)
        await asyncio.sleep(LONG)

    async with opened(Pool(LONG)) as pool, serving(refuse) as url:
        assert await whole(pool, url, body=b"a" * 30_000_000) == b"{}"
        assert await whole(pool, url) == b"{}"
        assert connections == 2
