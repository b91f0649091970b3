"""Searches a second, and how long one takes: the service over 62,000 verses in two translations.

    python benchmarks/retrieval_load.py [--rate 100] [--seconds 20] [--keep FOLDER]

Retrieval and the gateway are the processes that are deployed, over a real PostgreSQL; every query
is another one and is embedded by the gateway. Filling is not measured: the texts' vectors are those
that are kept. Sixteen clients ask at random moments, `--rate` a second together; then each asks as
soon as it was answered. Nothing is pinned: clients and services share the machine. `--keep` names a
folder where what was filled stays for the next run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from racks import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from retrieval import corpus
from retrieving import serving

CLIENTS = 16
NAME = "verses"
HEADERS = {"authorization": f"Bearer {serving.TENANT}"}


def main() -> None:
    """Fill, ask, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--keep", type=Path)
    told = parser.parse_args()
    with ExitStack() as stack:
        folder, url = stack.enter_context(serving.room(told.keep))
        filled = folder / "filled"
        if not filled.exists():
            began = time.perf_counter()
            with serving.known() as models, serving.retrieval(folder, url, models) as (address, _):
                _fill(address)
            filled.touch()
            print(f"filled with known vectors in {time.perf_counter() - began:.0f} s", flush=True)
        models, embedder = stack.enter_context(serving.gateway(folder))
        address, pid = stack.enter_context(serving.retrieval(folder, url, models))
        began = time.perf_counter()
        asked = _asked()
        asyncio.run(_load(address, 0, 2, asked))  # it is read into memory by the first
        print(f"load average {os.getloadavg()[0]:.1f}; ready {time.perf_counter() - began:.0f} s")
        rows = []
        for rate in (told.rate, 0.0):
            before = _worked(pid, embedder)
            took, bad = asyncio.run(_load(address, rate, told.seconds, asked))
            worked = [now - then for now, then in zip(_worked(pid, embedder), before, strict=True)]
            rows.append(_row(rate, told.seconds, took, bad, worked))
        head = ("16 clients", "a second", "median", "p99", "not answered in full")
        table(rows, (*head, "processor time each: retrieval, gateway, embedder, clients"))
        memory = (serving.resident(it) for it in (pid, embedder))
        print("resident: retrieval {:.0f} MB, gateway with its embedder {:.0f} MB".format(*memory))


def _row(
    rate: float, seconds: float, took: list[float], bad: int, worked: list[float]
) -> tuple[str, ...]:
    whole = [f"{it * 1e3:.1f} ms" for it in (statistics.median(took), _p99(took))]
    how = f"{rate:.0f}/s at random moments" if rate else "each as soon as it was answered"
    each = ", ".join(f"{it / len(took) * 1e3:.1f}" for it in worked)
    return (how, f"{len(took) / seconds:.0f}", *whole, str(bad), f"{each} ms")


def _worked(retrieval: int, gateway: int) -> list[float]:
    """Seconds that the processor has worked for each so far, and for us."""
    own = serving.worked(gateway, alone=True)
    embedder = serving.worked(gateway) - own
    return [serving.worked(retrieval), own, embedder, time.process_time()]


def _p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


def _fill(address: str) -> None:
    chapters: dict[str, list[dict[str, Any]]] = {}
    for each in corpus.passages():
        chapters.setdefault(each.document, []).append({"id": each.id, "texts": dict(each.texts)})
    whole = [{"id": it, "media": "passages", "passages": some} for it, some in chapters.items()]
    with httpx.Client(base_url=address, headers=HEADERS, timeout=120) as client:
        client.put(f"/v1/collections/{NAME}", json={"language": "en"}).raise_for_status()
        for at in range(0, len(whole), 200):
            body = {"documents": whole[at : at + 200]}
            client.post(f"/v1/collections/{NAME}/documents", json=body).raise_for_status()
        while True:
            answer = client.get(f"/v1/collections/{NAME}")
            if answer.is_success:  # not where the database had no time for it
                found = answer.json()
                if found["texts"] and found["embedded"] == found["texts"] and not found["jobs"]:
                    break
            time.sleep(2)
    print(f"{found['texts']:,} texts of {found['passages']:,} passages", flush=True)


def _asked() -> Iterator[str]:
    """Four to nine words of a verse, as somebody remembers them: hardly ever the same twice."""
    dice = random.Random(1)
    verses = [text.split() for text in corpus.verses("asv").values()]
    while True:
        said = dice.choice(verses)
        start = dice.randrange(max(1, len(said) - 4))
        yield " ".join(said[start : start + dice.randint(4, 9)])


async def _load(
    address: str, rate: float, seconds: float, asked: Iterator[str]
) -> tuple[list[float], int]:
    """Seconds of each, and how many were not answered with all that there is."""
    took: list[float] = []
    bad = 0
    dice = random.Random(2)

    async def client(session: aiohttp.ClientSession, until: float) -> None:
        nonlocal bad
        while True:
            if rate:
                await asyncio.sleep(dice.expovariate(rate / CLIENTS))
            if (began := time.perf_counter()) > until:
                return
            body = {"collections": [NAME], "query": next(asked)}
            async with session.post(f"{address}/v1/search", json=body) as answer:
                found = await answer.json()
            took.append(time.perf_counter() - began)
            bad += answer.status != 200 or bool(found["degraded"]) or len(found["hits"]) != 10

    async with aiohttp.ClientSession(headers=HEADERS) as session:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(client(session, until) for _ in range(CLIENTS)))
    return took, bad


if __name__ == "__main__":
    main()
