"""kill -9 while somebody writes: what was acknowledged is there afterwards."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import obstore
import psycopg
import pytest
import redis

from integration.parts.conftest import Server, started
from integration.parts.test_buckets import bucket
from rackhouse.targets.objects.sigv4 import Key

ROUNDS, WRITING = 2, 0.4  # seconds


@contextmanager
def writing(write: Callable[[int], None], begin: int) -> Iterator[list[int]]:
    """Somebody who writes numbers from `begin` on; the list grows with what is acknowledged."""
    acknowledged: list[int] = []

    def work() -> None:
        with suppress(psycopg.Error, redis.RedisError, obstore.exceptions.BaseError, OSError):
            number = begin
            while True:
                write(number)
                acknowledged.append(number)
                number += 1

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield acknowledged
    thread.join(60)
    assert not thread.is_alive()


def kill_while_writing(
    server: Server, open_writer: Callable[[], Callable[[int], None]], read: Callable[[], set[int]]
) -> None:
    kept: set[int] = set()
    for turn in range(ROUNDS):
        begin = turn * 1_000_000
        with writing(open_writer(), begin) as acknowledged:
            time.sleep(WRITING)
            server.running.kill()
        kept |= set(acknowledged)
        assert len(acknowledged) > 2, "nothing was written, so nothing is shown"
        server.running.start()
        there = read()
        assert kept - there == set()
        # One more at most each time: written, and killed before it could say so.
        assert len(there - kept) <= turn + 1


@pytest.fixture
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own."""
    yield from started(request.param, tmp_path)


def connect(server: Server) -> psycopg.Connection[tuple[int]]:
    return psycopg.connect(**server.address, dbname="postgres", autocommit=True)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("own", ["postgres"], indirect=True)
def test_rows(own: Server) -> None:
    with connect(own) as connection:
        connection.execute("CREATE TABLE t (n int PRIMARY KEY)")

    def open_writer() -> Callable[[int], None]:
        connection = connect(own)
        return lambda n: connection.execute("INSERT INTO t VALUES (%s)", (n,)) and None

    def read() -> set[int]:
        with connect(own) as connection:
            return {row[0] for row in connection.execute("SELECT n FROM t")}

    kill_while_writing(own, open_writer, read)


def start_again(server: Server) -> None:
    """As the supervisor does: what refuses at first, it starts again."""
    deadline = time.monotonic() + 20
    while True:
        try:
            server.running.start()
        except AssertionError:
            assert time.monotonic() < deadline, server.running.log[-3000:]
            time.sleep(0.2)
        else:
            return


@pytest.mark.parametrize("own", ["postgres"], indirect=True)
def test_postgres_waits_for_the_children_of_the_killed_one(own: Server) -> None:
    """Only its first process is killed; one that works for a client lives on."""
    with connect(own) as connection:
        connection.execute("CREATE TABLE t (n int)")
        connection.execute("INSERT INTO t VALUES (1)")
        [(backend,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
        os.kill(backend, signal.SIGSTOP)
        assert own.running.child is not None
        os.kill(own.running.pid, signal.SIGKILL)
        own.running.child.wait()
        with pytest.raises(AssertionError, match="pre-existing shared memory block"):
            own.running.start()
        os.kill(backend, signal.SIGCONT)
        start_again(own)
    with connect(own) as connection:
        assert connection.execute("SELECT n FROM t").fetchall() == [(1,)]


@pytest.mark.parametrize("own", ["postgres"], indirect=True)
def test_postgres_starts_although_another_process_has_its_number(own: Server) -> None:
    [lock] = own.running.root.glob("data/postgres/*/postmaster.pid")
    own.running.kill()
    _, _, rest = lock.read_text().partition("\n")
    lock.write_text(f"{os.getpid()}\n{rest}")  # as after a power cut: the number is ours by now
    own.running.start()
    with connect(own) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("own", ["cache"], indirect=True)
def test_counts(own: Server) -> None:
    def client() -> redis.Redis:
        a = own.address
        return redis.Redis(
            host=a["host"],
            port=int(a["port"]),
            username=a["user"],
            password=a["password"],
            retry=None,
        )

    def open_writer() -> Callable[[int], None]:
        writer = client()

        def write(n: int) -> None:
            writer.sadd("numbers", n)
            writer.incr("count")

        return write

    def read() -> set[int]:
        with client() as reader:
            numbers = {int(member) for member in reader.smembers("numbers")}  # type: ignore[union-attr]
            assert int(reader.get("count") or 0) >= len(numbers) - ROUNDS  # type: ignore[arg-type]
            return numbers

    kill_while_writing(own, open_writer, read)


@pytest.mark.parametrize("own", ["objects"], indirect=True)
def test_objects_whole(own: Server) -> None:
    admin = Key(own.address["access_key"], own.address["secret_key"])
    store = bucket(own, "kept", admin)
    import asyncio

    from rackhouse.targets.objects.client import Client

    async def create() -> None:
        client = Client(own.address["url"], admin)
        await client.s3("PUT", "/kept")
        await client.close()

    asyncio.run(create())

    def content(n: int) -> bytes:
        return hashlib.md5(str(n).encode()).digest() * (1 + n % 5_000)

    def open_writer() -> Callable[[int], None]:
        return lambda n: obstore.put(store, str(n), content(n)) and None

    def read() -> set[int]:
        names = [meta["path"] for page in obstore.list(store) for meta in page]
        whole = {n for n in map(int, names) if obstore.get(store, str(n)).bytes() == content(n)}
        assert len(names) - len(whole) <= ROUNDS, "some are not what was written"
        return whole

    kill_while_writing(own, open_writer, read)
