"""Log and accounts in a real PostgreSQL: written once, agreed, kept for so many days, and waiting
while it is away.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import psycopg
import pytest

from fakes.models.calls import record
from fakes.stores import Store, postgres
from rackhouse.services.gateway.model.account import Sums, plus
from rackhouse.services.gateway.model.call import Attempt, Outcome
from rackhouse.services.gateway.model.problem import Away
from rackhouse.services.gateway.service.telemetry.journal import Telemetry
from rackhouse.services.gateway.service.telemetry.metrics import Metrics
from rackhouse.services.gateway.store import database
from rackhouse.services.gateway.store.journal import Journal

pytestmark = pytest.mark.slow
DAY = 86_400


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with postgres(tmp_path_factory.mktemp("stores")) as one:
        yield one


@pytest.fixture
def url(store: Store) -> str:
    """A database of the test's own: what others wrote on the same days is not counted."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(store.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return store.url.removesuffix("postgres") + name


class Replica:
    """One gateway's journal over its own connections."""

    def __init__(self, url: str, keep: int = 30) -> None:
        self._url, self._keep, self._stack = url, keep, AsyncExitStack()

    async def __aenter__(self) -> Telemetry:
        base = await self._stack.enter_async_context(database.opened(self._url))
        journal = Journal(base, self._keep)
        return Telemetry(journal, Metrics(["chat"], "USD"), frozenset({"chat"}))

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


async def total(kept: Telemetry, day: str) -> Sums:
    found = Sums()
    for _, its in await kept.archive.accounts(day, day):
        found = plus(found, its)
    return found


async def flushed(kept: Telemetry) -> bool:
    try:
        await kept.flush()
    except Away:
        return False
    return True


def midnight(days: int) -> float:
    """The begin of a day that is so many days from today, in UTC."""
    return (time.time() // DAY + days) * DAY


def day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


async def test_two_replicas_write_one_log_that_agrees_with_the_accounts(url: str) -> None:
    at = midnight(0)
    async with Replica(url) as one, Replica(url) as other:
        for number in range(300):
            model = "chat" if number % 3 else "no-such\0"
            one.note(record(f"one-{number}", at + number, model=model))
            other.note(record(f"other-{number}", at + number, upstream="second"))
        await asyncio.gather(one.flush(), other.flush())
        lines = await one.archive.newest(1000)
        assert {line.id for line in lines} == {
            f"{who}-{number}" for who in ("one", "other") for number in range(300)
        }
        sums = await total(other, day(at))
        assert (sums.requests, sums.nanos, sums.unlogged) == (600, 4200, 0)
        assert [line.number for line in lines] == sorted((x.number for x in lines), reverse=True)
        last = lines[10]
        assert list(await one.archive.after(last.number, 1000)) == list(lines[:10])[::-1]
        assert await one.archive.newest(2, before=last.number) == lines[11:13]


async def test_a_line_comes_back_as_it_went(url: str) -> None:
    tried = (Attempt(upstream="first", why="broke off: \u2019\u4f60\n", seconds=0.5),)
    async with Replica(url) as kept:
        given = record("whole", time.time(), attempts=tried, outcome=Outcome.LEFT, error="\ud800x")
        kept.note(given)
        await kept.flush()
        line = await kept.archive.one("whole")
        assert line is not None
        assert (line.error, line.outcome, line.cost) == ("x", "left", 7)
        assert line.tried[0].why == "broke off: \u2019\u4f60\n"
        assert line.at == pytest.approx(given.at, abs=1e-6)
        assert await kept.archive.one("' OR true --") is None


async def test_an_answer_of_one_replica_is_told_of_at_another_once(url: str) -> None:
    async with Replica(url) as one, Replica(url) as other:
        one.note(record("told", time.time(), judged=0.25))
        one.note(record("failed", time.time(), outcome=Outcome.FAILED))
        await one.flush()
        assert await other.told("told", "another's key") is None
        assert await other.told("failed", "hello.llm") is None
        assert await other.told("told\0", "hello.llm") is None
        both = await asyncio.gather(one.told("told", "hello.llm"), other.told("told", "hello.llm"))
        (line,) = (each for each in both if each)
        assert (line.upstream, line.judged, line.told) == ("first", 0.25, True)


async def test_days_beyond_what_is_kept_are_dropped_and_accounts_stay(url: str) -> None:
    async with Replica(url, keep=3) as kept:
        for days in (-5, -4, -2):
            kept.note(record(f"day{days}", midnight(days)))
            await kept.flush()
    async with Replica(url, keep=3) as kept:
        kept.note(record("tomorrow", midnight(1)))
        await kept.flush()
        assert await kept.archive.one("day-5") is None
        assert await kept.archive.one("day-4") is None
        assert await kept.archive.one("day-2")
        assert (await total(kept, day(midnight(-5)))).requests == 1


async def test_while_it_is_away_everything_waits(store: Store, url: str) -> None:
    at = midnight(-1)
    async with Replica(url) as kept:
        kept.note(record("before", at))
        await kept.flush()
        store.kill()
        kept.note(record("during", at))
        with pytest.raises(Away):
            await kept.flush()
        with pytest.raises(Away):
            await kept.archive.newest(1)
        await asyncio.to_thread(store.start)
        kept.note(record("after", at))
        end = time.monotonic() + 30
        while (await flushed(kept)) is False:
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
        assert (await total(kept, day(at))).requests == 3
        assert await kept.archive.one("during")
