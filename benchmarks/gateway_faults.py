"""What clients of the gateway meet when an upstream fails, and what is charged for it.

    python benchmarks/gateway_faults.py [--requests N]

Each fault of the first upstream, plain and streamed, through one replica and three, each a process
of its own, over a real PostgreSQL. `added` is how much longer than without a fault the client waits
for the end of its answer, at the median and at worst. What is charged for the second upstream is
read in the ledger: exactly what it served, and nothing is left set aside. Then a thousand streams
at once. The upstreams are scripted, in this very process, on the same cores: compare rows.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec
import psycopg

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]

from fakes.models import openai  # noqa: E402
from fakes.models.rack import KEY, SECRET, model  # noqa: E402
from fakes.models.script import Act, Does, Script  # noqa: E402
from fakes.models.serving import served  # noqa: E402
from fakes.stores import postgres  # noqa: E402
from gateway.serving import free_port, running  # noqa: E402
from rackhouse.services.gateway.model.config import (  # noqa: E402
    Config,
    Kind,
    Limit,
    Period,
    Upstream,
)
from racks import table  # noqa: E402

USAGE = {"prompt_tokens": 7, "completion_tokens": 11, "total_tokens": 18}
FIRST_BYTE = 0.5  # seconds of silence before it counts as broken
FAULTS = {
    "none": Act(usage=USAGE),
    "slow but healthy": Act(usage=USAGE, wait=0.2),
    "no one listens": None,
    "5xx": Act(does=Does.ERROR, status=503),
    "429": Act(does=Does.ERROR, status=429),
    "silence": Act(does=Does.SILENT),
    "garbage": Act(does=Does.GARBAGE),
    "break at once": Act(does=Does.BREAK, after=0),
    "break in mid-stream": Act(does=Does.BREAK, after=5),
}
STREAMS, PAUSE, WORDS = 1000, 0.25, 20


@dataclass
class Bench:
    """Two upstreams and the replicas before them."""

    first: Script
    second: Script
    straight: str  # the first upstream itself
    urls: list[str]  # of the replicas
    database: str

    async def rest(self, session: aiohttp.ClientSession) -> None:
        """Until the first upstream answers again, whichever replica is asked."""
        self.first.always = Act(usage=USAGE)
        for url in self.urls:
            while await ask(session, url, "chat", False) != (True, "first"):
                await asyncio.sleep(0.05)


async def ask(
    session: aiohttp.ClientSession, url: str, name: str, stream: bool
) -> tuple[bool, str]:
    """Whether the whole text came, and who answered."""
    body = {"model": name, "stream": stream, "messages": [{"role": "user", "content": "?"}]}
    async with session.post(f"{url}/v1/chat/completions", json=body) as response:
        said = await response.text()
        whole = "heaven" in said and (not stream or said.endswith("data: [DONE]\n\n"))
        return response.status == 200 and whole, response.headers.get("x-rackhouse-upstream", "")


async def faulty(bench: Bench, fault: str, stream: bool, requests: int) -> tuple[int, list[float]]:
    """How many were answered whole, and the seconds of each."""
    whole, seconds = 0, []
    headers = {"authorization": f"Bearer {SECRET}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        await bench.rest(session)
        act = FAULTS[fault]
        bench.first.always = act or Act(usage=USAGE)
        for number in range(requests):
            began = time.perf_counter()
            url = bench.urls[number % len(bench.urls)]
            well, _ = await ask(session, url, "chat" if act else "gone", stream)
            seconds.append(time.perf_counter() - began)
            whole += well
    return whole, seconds


def charged(bench: Bench) -> tuple[int, int]:
    """Tokens that the ledger charged for the second upstream, and those still set aside."""
    query = (
        "SELECT coalesce(sum(tokens_settled) FILTER (WHERE name = 'second'), 0)::bigint,"
        " coalesce(sum(tokens_leased), 0)::bigint FROM gateway_budgets WHERE scope = 'upstream'"
    )
    with psycopg.connect(bench.database, autocommit=True) as connection:
        end = time.monotonic() + 20
        while True:
            row = connection.execute(query).fetchone()
            assert row is not None
            if not row[1] or time.monotonic() > end:
                return int(row[0]), int(row[1])
            time.sleep(0.2)


@contextmanager
def bench(replicas: int, folder: Path, database: str, first_byte: float = 120.0) -> Iterator[Bench]:
    """So many gateways, one database, two upstreams and one address where nobody is."""
    with ExitStack() as stack:
        scripts = Script(always=Act(usage=USAGE)), Script(always=Act(usage=USAGE))
        urls = [stack.enter_context(served(openai.create(script))) for script in scripts]
        addresses = dict(zip(("first", "second", "gone"), [*urls, _nowhere()], strict=True))
        config = Config(
            upstreams=tuple(_upstream(name, url, first_byte) for name, url in addresses.items()),
            models=(model("first", "second"), model("gone", "second", name="gone")),
            keys=(KEY,),
        )
        file = folder / f"models-{replicas}.json"
        file.write_bytes(msgspec.json.encode(config))
        ports = [free_port() for _ in range(replicas)]
        for port in ports:
            env = {"PORT": str(port), "GATEWAY_MODELS": str(file), "DATABASE_URL": database}
            argv = [sys.executable, "-m", "rackhouse.services.gateway"]
            stack.enter_context(running(argv, port, core=0, env=env, folder=folder))
        yield Bench(*scripts, urls[0], [f"http://127.0.0.1:{port}" for port in ports], database)


def _upstream(name: str, url: str, first_byte: float) -> Upstream:
    return Upstream(
        name=name,
        kind=Kind.COMPATIBLE,
        url=url,
        model="scripted",
        local=True,
        first_byte=first_byte,
        limits=(Limit(period=Period.DAY, tokens=10**12),),
    )


def _nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}"


async def gaps(url: str) -> tuple[int, list[float]]:
    """A thousand streams at once: how many were whole, and the longest silence within each."""

    async def one(session: aiohttp.ClientSession) -> tuple[bool, float]:
        body = {"model": "chat", "stream": True, "messages": [{"role": "user", "content": "?"}]}
        longest, last, end = 0.0, 0.0, b""
        async with session.post(f"{url}/v1/chat/completions", json=body) as response:
            async for piece in response.content.iter_any():
                now = time.perf_counter()
                longest, last = max(longest, now - last if last else 0.0), now
                end = piece
        return end.endswith(b"data: [DONE]\n\n"), longest

    headers = {"authorization": f"Bearer {SECRET}"}
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(
        headers=headers, connector=connector, timeout=timeout
    ) as session:
        found = await asyncio.gather(*(one(session) for _ in range(STREAMS)))
    return sum(whole for whole, _ in found), sorted(longest for _, longest in found)


def faults(requests: int, folder: Path, database: str) -> None:
    """Both tables of faults."""
    rows = []
    for replicas in (1, 3):
        with bench(replicas, folder, database, FIRST_BYTE) as made:
            before, _ = charged(made)
            usual = {}
            for fault in FAULTS:
                for stream in (False, True):
                    whole, seconds = asyncio.run(faulty(made, fault, stream, requests))
                    usual.setdefault(stream, statistics.median(seconds))
                    added = [each - usual[stream] for each in seconds]
                    rows.append(
                        (
                            fault,
                            "stream" if stream else "plain",
                            str(replicas),
                            f"{100 * whole / requests:.1f} %",
                            f"{1000 * statistics.median(added):.1f} ms",
                            f"{1000 * max(added):.1f} ms",
                        )
                    )
            after, aside = charged(made)
            due = made.second.answered * USAGE["total_tokens"]
            print(
                f"{replicas} replicas: the second upstream answered {made.second.answered} times"
                f" and is due {due} tokens; {after - before} are charged, {aside} still set aside"
            )
    table(rows, ("fault", "way", "replicas", "answered", "added at median", "at worst"))


def streams(folder: Path, database: str) -> None:
    """A thousand at once, straight to the upstream and through the gateway."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    rows = []
    with bench(1, folder, database) as made:
        made.first.always = Act(usage=USAGE, pause=PAUSE, text="word " * WORDS)
        for name, url in {"straight": made.straight, "gateway": made.urls[0]}.items():
            whole, longest = asyncio.run(gaps(url))
            rows.append(
                (name, f"{whole}", f"{longest[len(longest) // 2]:.2f} s", f"{longest[-1]:.2f} s")
            )
    print(f"{STREAMS} streams at once, whose upstream pauses {PAUSE} s between two pieces")
    table(rows, ("way", "whole", "longest silence, median", "at worst"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=60, help="for each fault and way")
    parser.add_argument("--streams", action="store_true", help="the thousand streams alone")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with postgres(folder / "database") as store:
            if not told.streams:
                faults(told.requests, folder, store.url)
            streams(folder, store.url)


if __name__ == "__main__":
    main()
