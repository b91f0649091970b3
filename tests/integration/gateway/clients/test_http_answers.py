"""The gateway's own HTTP client: what is no answer, and what is packed."""

from __future__ import annotations

import asyncio
import functools
import gzip
import itertools
import os
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest

from fakes.loops import both
from fakes.models.spoken import CHUNKED, MOST, OK, TWO, Said, ask, saying, whole
from rackhouse.services.gateway.clients.http.errors import Broken

_PACKED = gzip.compress(b"{}", mtime=0)


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02",  # an alert of TLS
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 000 No\r\n\r\n",
        b"HTTP/1.1 099 No\r\ncontent-length: 2\r\n\r\n{}" + TWO,
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n\x01\x02",
        b"HTTP/1.1 150 What\r\ncontent-length: 2\r\n\r\n{}" + TWO,
        OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        OK + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        OK + b"content-length: -2\r\n\r\n{}",
        OK + b"content-length: 2, 2\r\n\r\n{}",
        OK + b"content-length: 0x2\r\n\r\n{}",
        OK + b"content-length: 99999999999999999999999\r\n\r\n{}",
        CHUNKED + b"x\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"fffffffffffffffff\r\n{}",
        CHUNKED + b"2\r\n{}xx0\r\n\r\n",
        OK + b"a b: c\r\n\r\n",
        OK + b"a : c\r\n\r\n",
        OK + b": c\r\n\r\n",
        OK + b"a\r\n\r\n",
        OK + b"a: b\0c\r\n\r\n",
        OK + b"a: b\r\n c\r\n\r\n",  # folded
        OK + b"a: b\nc: d\r\r\n\r\n",
    ],
)
@both
async def test_what_is_no_http_is_said_at_once(said: bytes) -> None:
    async with saying(said, TWO) as (server, pool):
        with pytest.raises(Broken, match="answered what is no HTTP"):
            await whole(pool, server.url)
        await server.let_go()
        assert await whole(pool, server.url) == b"{}"


@both
async def test_odd_headers_are_headers() -> None:
    odd = b"X-ODD: caf\xe9\r\nx_y~!: \t a  b \t\r\nEmpty:\r\n"
    odd += b"Twice: 1\r\ntwice: 2\r\n"
    async with saying(OK + odd + b"content-length: 2\r\n\r\n{}") as (server, pool):
        answer = await ask(pool, server.url)
        assert answer.header(b"x-odd") == "café"
        assert answer.header(b"x_y~!") == "a  b"
        assert answer.header(b"empty") == answer.header(b"none") == ""
        assert answer.header(b"twice") == "2"
        assert await answer.whole(MOST) == b"{}"


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (OK, b"a: b\r\n"),
        (OK + b"a: ", b"aaaaaa"),
        (OK, b"aaaaaaaa"),
        (b"", b"HTTP/1.1 102 Wait\r\n\r\n"),
        (CHUNKED + b"2\r\n{}\r\n2;", b"aaaaaa"),
        (CHUNKED + b"2\r\n{}\r\n0\r\n", b"a: b\r\n"),
        (CHUNKED + b"2\r\n{}\r\n0\r\na: ", b"aaaaaa"),
    ],
)
@both
async def test_headers_and_the_like_have_an_end(begin: bytes, more: bytes) -> None:
    async with saying((begin, *[more * 20_000] * 100)) as (server, pool):
        with pytest.raises(Broken, match="bytes of headers"):
            await whole(pool, server.url)
        await server.let_go()


@both
async def test_as_much_as_servers_do_say_in_headers_is_heard() -> None:
    long = b"a" * 30_000
    said = (OK + b"x-long: " + long, 0.01, b"\r\ncontent-length: 2\r\n\r\n{}")
    async with saying(said) as (server, pool):
        answer = await ask(pool, server.url)
        assert len(answer.header(b"x-long")) == len(long)
        answer.close()


def _packed(coding: bytes, body: bytes) -> bytes:
    head = b"content-encoding: %s\r\ncontent-length: %d\r\n\r\n"
    return OK + head % (coding, len(body)) + body


@pytest.mark.parametrize("coding", [b"gzip", b"x-gzip", b"GZip ", b"deflate", b"Identity", b""])
@pytest.mark.parametrize("size", [1, 1000])
@both
async def test_what_is_packed_is_unpacked(coding: bytes, size: int) -> None:
    body = os.urandom(2000) + b"a" * 2000
    packs: dict[bytes, Callable[[bytes], bytes]]
    packs = {b"deflate": zlib.compress, b"Identity": bytes, b"": bytes}
    packed = packs.get(coding, gzip.compress)(body)
    said = _packed(coding, packed)
    cut = len(said) - 20
    acts: Said = (
        said[:cut],
        0.01,
        *itertools.chain(*((said[e : e + size], 0.001) for e in range(cut, len(said), size))),
    )
    async with saying(acts, said) as (server, pool):
        assert await whole(pool, server.url) == body
        assert await whole(pool, server.url) == body
    assert server.connections == 1


@pytest.mark.parametrize(
    ("coding", "packed", "why"),
    [
        (b"gzip", _PACKED[:-9], "half"),
        (b"gzip", _PACKED[:-1], "half"),
        (b"deflate", zlib.compress(b"{}")[:-1], "half"),
        (b"gzip", b"not packed at all", "cannot be unpacked"),
        (b"gzip", _PACKED[:-8] + bytes(8), "cannot be unpacked"),
        (b"gzip", _PACKED + b"more", "more than it packed"),
        (b"br", b"\x0b\x01\x80{}\x03", "packed as br"),
        (b"gzip, gzip", gzip.compress(_PACKED, mtime=0), "packed as gzip, gzip"),
    ],
)
@both
async def test_what_is_packed_wrongly_is_no_answer(coding: bytes, packed: bytes, why: str) -> None:
    async with saying(_packed(coding, packed)) as (server, pool):
        with pytest.raises(Broken, match=why):
            await whole(pool, server.url)


@functools.cache
def _bomb() -> bytes:
    """64 MiB of nothing."""
    return gzip.compress(bytes(64 * 2**20), 1)


@both
async def test_a_bomb_goes_off_in_small_pieces() -> None:
    async with saying(_packed(b"gzip", _bomb()), _packed(b"gzip", _bomb())) as (server, pool):
        with pytest.raises(Broken, match="more than 1048576 bytes"):
            await whole(pool, server.url)
        answer = await ask(pool, server.url)
        turns = asyncio.ensure_future(_turns())
        sizes = []
        while some := await answer.some():
            sizes.append(len(some))
        answer.release()
        turns.cancel()
        assert (sum(sizes), max(sizes)) == (64 * 2**20, 2**20)
        assert await turns > 32  # others were not kept waiting


async def _turns() -> int:
    """How often it had its turn until it was cancelled."""
    turns = 0
    with suppress(asyncio.CancelledError):
        while True:
            turns += 1
            await asyncio.sleep(0)
    return turns


@both
async def test_what_follows_what_was_packed_is_not_gathered() -> None:
    said = OK + b"content-encoding: gzip\r\n\r\n" + _PACKED
    async with saying((said, *[b"a" * 1000] * 100_000)) as (server, pool):
        with pytest.raises(Broken, match="more than it packed"):
            await whole(pool, server.url)
        await server.let_go()


@both
async def test_nothing_is_packed_as_nothing() -> None:
    async with saying(_packed(b"gzip", b"")) as (server, pool):
        assert await whole(pool, server.url) == b""
