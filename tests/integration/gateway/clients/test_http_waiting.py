"""The gateway's own HTTP client: what is held, how long is waited, and what is left behind."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from typing import Any

import pytest

from fakes.loops import both
from fakes.models.spoken import (
    CHUNKED,
    ENDLESS,
    LONG,
    MOST,
    OK,
    SHORT,
    TWO,
    Act,
    Flood,
    Said,
    ask,
    full,
    gone,
    request,
    saying,
    serving,
    whole,
)
from rackhouse.services.gateway.clients.http import names
from rackhouse.services.gateway.clients.http.errors import Broken, HttpError, Silent, Unreached
from rackhouse.services.gateway.clients.http.pool import Pool, opened


@both
async def test_an_answer_that_is_too_large_is_not_read_on() -> None:
    said = OK + b"content-length: 50000000\r\n\r\n"
    async with saying((said, *[bytes(100_000)] * 500)) as (server, pool):
        with pytest.raises(Broken, match="more than 1048576 bytes"):
            await whole(pool, server.url)
        await server.let_go()


@both
async def test_who_sends_more_than_is_read_is_held_up() -> None:
    begin = OK + b"content-length: %d\r\n\r\n" % Flood.MOST
    flood = Flood(begin, bytes(100_000))
    async with opened(Pool(LONG)) as pool, serving(flood.handle) as url:
        answer = await ask(pool, url)
        await flood.held_up()
        read = 0
        while some := await answer.some():
            assert len(some) < 2**20
            read += len(some)
        answer.release()
        assert read == Flood.MOST


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200", b"HTTP/1.1 100 Continue\r\n\r\n"])
@both
async def test_silence_before_the_head_has_an_end(said: bytes) -> None:
    async with saying((said, LONG)) as (server, pool):
        with pytest.raises(Silent, match="fell silent"):
            await ask(pool, server.url, patience=SHORT)
        await gone(pool)


@pytest.mark.parametrize(
    "said", [ENDLESS, ENDLESS + b"{}", CHUNKED + b"2\r\n{}\r\n", CHUNKED + b"2\r\n{}\r\n5"]
)
@both
async def test_silence_in_the_body_has_an_end(said: bytes) -> None:
    async with saying((said, LONG)) as (server, pool):
        with pytest.raises(Silent):
            await whole(pool, server.url, patience=SHORT)
        await gone(pool)


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\na: ", CHUNKED + b"2\r\n{}\r\n2;"])
@both
async def test_a_word_that_says_nothing_is_silence(begin: bytes) -> None:
    trickled = itertools.repeat((b"a", 0.01), 1000)
    async with saying((begin, *itertools.chain(*trickled))) as (server, pool):
        with pytest.raises(Silent):
            await whole(pool, server.url, patience=2 * SHORT)
        await server.let_go()


@both
async def test_who_goes_on_slowly_is_not_silent() -> None:
    said = (ENDLESS, *itertools.chain(*itertools.repeat((0.05, b"a"), 10)), Act.CUT)
    async with saying(said) as (server, pool):
        assert await whole(pool, server.url, patience=0.4) == b"a" * 10


@both
async def test_nobody_is_silent_while_nobody_waits() -> None:
    async with saying((ENDLESS, 0.3, b"{}", Act.CUT), TWO) as (server, pool):
        answer = await ask(pool, server.url, patience=SHORT)
        await asyncio.sleep(0.6)
        assert await answer.whole(MOST) == b"{}"
        assert await whole(pool, server.url) == b"{}"


@both
async def test_patience_can_change() -> None:
    async with saying((ENDLESS, 0.3, b"{}", LONG), (ENDLESS, LONG)) as (server, pool):
        answer = await ask(pool, server.url, patience=SHORT)
        answer.bear(LONG)
        assert await answer.some() == b"{}"
        answer.bear(SHORT)  # less than the timer was for
        with pytest.raises(Silent):
            await answer.some()
        answer.close()
        answer = await ask(pool, server.url)
        answer.bear(SHORT)
        with pytest.raises(Silent):
            await answer.some()
        answer.close()


@both
async def test_a_connection_bears_no_longer_than_its_last_request_says() -> None:
    async with saying(TWO, (LONG,)) as (server, pool):
        assert await whole(pool, server.url, patience=LONG) == b"{}"
        with pytest.raises(Silent):
            await whole(pool, server.url, patience=SHORT)
        assert server.connections == 1


@both
async def test_a_timeout_of_ones_own_is_no_silence() -> None:
    async with saying((LONG,), (ENDLESS, LONG)) as (server, pool):
        for _ in range(2):
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(SHORT):
                    await whole(pool, server.url)
            assert not isinstance(caught.value, HttpError)
        assert not issubclass(HttpError, TimeoutError)
        assert not issubclass(Silent, TimeoutError)
        await gone(pool)


@pytest.mark.parametrize("said", [(LONG,), (OK, LONG), (ENDLESS + b"{}", LONG)])
@both
async def test_who_is_cancelled_leaves_nothing_open(said: Said) -> None:
    async with saying(said, TWO) as (server, pool):
        task = asyncio.ensure_future(whole(pool, server.url))
        while not server.asked:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await gone(pool)
        assert await whole(pool, server.url) == b"{}"


@pytest.mark.parametrize("steps", range(12))
@both
async def test_who_is_cancelled_at_any_moment_leaves_nothing_open(steps: int) -> None:
    async with saying(TWO, TWO, kept=0.02) as (server, pool):
        task = asyncio.ensure_future(whole(pool, server.url))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            assert await task == b"{}"
        await gone(pool)
        await asyncio.sleep(0.01)  # asyncio's server forgets whom it is just taking in when it ends


@both
async def test_connecting_has_an_end() -> None:
    with full() as port:
        async with opened(Pool(LONG)) as pool:
            with pytest.raises(Unreached, match="cannot be reached"):
                await ask(pool, f"http://127.0.0.1:{port}", connect=SHORT)
            task = asyncio.ensure_future(ask(pool, f"http://127.0.0.1:{port}"))
            await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


@both
async def test_shaking_hands_has_an_end() -> None:
    async with saying() as (server, pool):
        secret = server.url.replace("http", "https")
        with pytest.raises(Unreached, match="cannot be reached"):
            await ask(pool, secret, connect=SHORT)
        task = asyncio.ensure_future(ask(pool, secret))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.let_go()


@both
async def test_who_closes_at_once_gives_no_answer() -> None:
    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with opened(Pool(LONG)) as pool, serving(close) as url:
        for _ in range(10):
            with pytest.raises(HttpError, match=r"cannot be reached|broke off"):
                await ask(pool, url)
        await gone(pool)


@both
async def test_when_the_pool_closes_nobody_waits_on() -> None:
    big = OK + b"content-length: 50000000\r\n\r\n"
    said: list[Said] = [(LONG,), (ENDLESS, LONG), (CHUNKED, LONG), (big, bytes(9_000_000))]
    async with saying(*said) as (server, pool):
        head = asyncio.ensure_future(ask(pool, server.url))
        while not server.asked:
            await asyncio.sleep(0.005)
        bodies = [await ask(pool, server.url) for _ in said[1:]]
        waiting = [asyncio.ensure_future(each.some()) for each in bodies[:2]]
        await asyncio.sleep(0.05)
        pool.close()
        for each in (head, *waiting):
            with pytest.raises(Broken, match="broke off"):
                await each
        with pytest.raises(Broken, match="broke off"):
            await bodies[2].whole(50_000_000)
        for answer in bodies:
            answer.release()
        await gone(pool)


@both
async def test_a_pool_that_is_closed_begins_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with saying(TWO) as (server, pool):
        known = asyncio.Event()
        looked_up = names._looked_up

        async def later(host: str, port: int) -> list[Any]:
            await known.wait()
            return await looked_up(host, port)

        monkeypatch.setattr(names, "_looked_up", later)
        task = asyncio.ensure_future(ask(pool, server.url))
        await asyncio.sleep(0.01)
        pool.close()
        known.set()
        with pytest.raises(Unreached, match="not asked any more"):
            await task
        with pytest.raises(Unreached, match="not asked any more"):
            await ask(pool, server.url)
        await server.let_go()
        assert not server.asked


@both
async def test_an_answer_that_is_released_after_the_pool_was_closed_isgone() -> None:
    async with saying(TWO) as (server, pool):
        answer = await ask(pool, server.url)
        pool.close()
        answer.release()
        await server.let_go()
        assert not pool._idle


@both
async def test_many_ask_at_once_and_each_has_its_own_answer() -> None:
    connections = 0

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while asked := await request(reader):
            body = asked.partition(b"\r\n\r\n")[2]
            await asyncio.sleep(0.01)
            writer.write(OK + b"content-length: %d\r\n\r\n%s" % (len(body), body))

    async with opened(Pool(LONG)) as pool, serving(echo, backlog=300) as url:
        for _ in range(2):
            bodies = [b"%d" % each * (each + 1) for each in range(200)]
            answers = await asyncio.gather(*(whole(pool, url, body=each) for each in bodies))
            assert answers == bodies
        assert connections <= 200
