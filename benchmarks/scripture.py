"""The scripture service over HTTP: passages, chapters, pages and searches, as it serves them.

    python benchmarks/scripture.py [--quick]

The service has core 0, the load core 1: connections that ask one after the other, each for the next
address of a list that is made by chance (a fixed seed). With 16 connections the figure is how much
one core answers, also by the processor's time that it took, where others use the core too; with one
it is how long an answer takes. Texts are those of the two packages,
62,188 verses, and all that SWORD modules bring where some are installed (`SCRIPTURE_SWORD=` leaves
them out). The first tenth of the time is not counted. The service keeps the 256 pages
that it made last: of 400 chapters one connection meets none of them, and 16 meet many.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from random import Random
from urllib.parse import quote

import httpx
import psutil
import uvloop

from gateway.serving import GATEWAY, LOAD, free_port, pin, resident, running, spent
from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.reference import Range
from racks import table

MANY = 16
SEARCHES = """love; shepherd; grace mercy peace; "kingdom of heaven"; "in the beginning"; faith;
living water; forgive*; "son of man"; wisdom; bread life; righteous*; "holy ghost"; Jerusalem; sea;
"fear not"; Moses Aaron; covenant; light world; resurrection; temple stone; prayer; "good and evil";
widow; blood lamb; "eternal life"; David Saul; repent*; vine branches; sword spirit; spirit truth;
mustard seed; prodigal; potter clay; cedar Lebanon; dry bones; still waters; Bethlehem; lion den"""
SEED = 7
IMPORT = """
from rackhouse.services.scripture import settings, wiring
from rackhouse.services.scripture.store import imports, shelves
from rackhouse.services.scripture.store.sword import works
told = settings.read()
imports.kept(told.folder, wiring.origins(told))
list(shelves.kept(told.folder, works.bound(told.sword)))
"""


class Asking(asyncio.Protocol):
    """One connection: the next request when the answer to the last is whole."""

    def __init__(self, requests: Sequence[bytes], times: list[tuple[float, float]]) -> None:
        self._requests, self._times = cycle(requests), times
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.until = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._held = b""
        self._begun = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        held = self._held = self._held + data
        end = held.find(b"\r\n\r\n")
        if end < 0:
            return
        at = held.lower().find(b"content-length:", 0, end)
        if len(held) < end + 4 + int(held[at + 15 : held.find(b"\r", at)]):
            return
        if held[9:12] != b"200":
            raise SystemExit(f"it answers {held[:400]!r}")
        now = time.perf_counter()
        self._times.append((now, now - self._begun))
        if now < self.until or not self.until:
            self._ask()
        elif not self.done.done():
            self.done.set_result(None)


async def load(port: int, paths: Sequence[str], many: int, seconds: float) -> list[float]:
    """Milliseconds of each answer, in the order in which they came."""
    times: list[tuple[float, float]] = []
    requests = [f"GET {it} HTTP/1.1\r\nhost: scripture\r\n\r\n".encode() for it in paths]
    begun = time.perf_counter()
    some = []
    for at in range(many):
        turned = requests[at * 97 % len(requests) :] + requests[: at * 97 % len(requests)]
        _, one = await asyncio.get_running_loop().create_connection(
            lambda turned=turned: Asking(turned, times), "127.0.0.1", port
        )
        one.until = begun + seconds
        some.append(one)
    await asyncio.gather(*(one.done for one in some))
    return [took * 1e3 for when, took in times if when > begun + seconds / 10]


def lists(chance: Random) -> dict[str, list[str]]:
    """What is asked for, by what it is called in the table."""
    verses = list(Range(BOOKS[0].first(), BOOKS[-1].last()).verses())
    places = [(book, number) for book in BOOKS for number in range(1, book.chapters + 1)]
    some = [chance.choice(places) for _ in range(400)]
    words = [each.strip() for each in SEARCHES.replace("\n", " ").split(";")]
    one = [str(Range(id, id)) for id in chance.sample(verses, 1_000)]
    return {
        "a verse": [f"/v1/passages?ref={quote(each)}" for each in one],
        "a verse in two translations": [
            f"/v1/passages?ref={quote(each)}&translation=kjv,asv" for each in one
        ],
        "a chapter": [f"/v1/books/{book.code}/chapters/{number}" for book, number in some],
        "a chapter as a page": [f"/read/{book.code}/{number}" for book, number in some],
        "the same, two translations": [
            f"/read/{book.code}/{number}?with=asv" for book, number in some
        ],
        "a search": [f"/v1/search?q={quote(each)}" for each in words],
        "a search, best first": [f"/v1/search?order=best&q={quote(each)}" for each in words],
        "a search in two translations": [
            f"/v1/search?translation=kjv,asv&q={quote(each)}" for each in words
        ],
    }


def main(*words: str) -> None:
    """Measure, and print the table."""
    seconds = 1.0 if "--quick" in words else 4.0
    asked = lists(Random(SEED))
    source = str(Path(__file__).parents[1] / "src")
    with tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as folder:
        port = free_port()
        more = {key: os.environ[key] for key in ("SCRIPTURE_SWORD",) if key in os.environ}
        env = {"PORT": str(port), "SCRIPTURE_FOLDER": folder, "PYTHONPATH": source} | more
        argv = [sys.executable, "-m", "rackhouse.services.scripture"]
        subprocess.run([sys.executable, "-c", IMPORT], env=os.environ | env, check=True)
        begun = time.perf_counter()
        with running(argv, port, core=GATEWAY, env=env, folder=Path(folder)) as process:
            started, fresh = time.perf_counter() - begun, resident(process)
            pin(LOAD)
            first = _first(port)
            rows = [_row(port, process, *each, seconds) for each in asked.items()]
            after = resident(process)
    heads = ("asked for", f"a second, {MANY} at once", "a second of CPU", "p50 of one", "p99")
    table(rows, heads)
    print()
    print(f"the first search of a translation, which builds its index: {first:.2f} s")
    print(f"started in {started:.1f} s; {fresh:.0f} MB, and {after:.0f} MB after all this")


def _first(port: int) -> float:
    begun = time.perf_counter()
    httpx.get(f"http://127.0.0.1:{port}/v1/search?q=light").raise_for_status()
    return time.perf_counter() - begun


def _row(
    port: int, process: psutil.Process, name: str, paths: list[str], seconds: float
) -> tuple[str, ...]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(load(port, paths, 1, 1.0))  # it warms up: the index of a search is built
        before = spent(process)
        many = runner.run(load(port, paths, MANY, seconds))
        took = spent(process) - before
        one = sorted(runner.run(load(port, paths, 1, seconds)))
    return (
        name,
        f"{len(many) / (seconds * 0.9):,.0f}",
        f"{len(many) / 0.9 / took:,.0f}",
        f"{statistics.median(one):.2f} ms",
        f"{one[len(one) * 99 // 100]:.2f} ms",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
