"""A collection too large to be held: what its index finds, and how quickly, beside exact search.

    python benchmarks/retrieval_large.py [--passages 200000] [--dimension 384] [--recall 0.95]

Passages lie in clusters as texts of one kind do, and queries apart from them, as real ones do; both
are made of nothing. PostgreSQL is a real one. `nearest` are the 200 texts that a search asks for;
`search` is all of it: those, what says the query's words, and everything beside them compared
exactly. numpy holds all vectors in 32 bits. Nothing is pinned.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from racks import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.nearness import Space, recall
from rackhouse.services.retrieval.model.ranking.search import Query, search
from rackhouse.services.retrieval.service.large.far import Far
from rackhouse.services.retrieval.service.large.gate import ASKED, Asking
from rackhouse.services.retrieval.service.large.keeper import Keeper, Limits, Place
from rackhouse.services.retrieval.service.shelf import Shelf
from rackhouse.services.retrieval.store import collections, nearest
from rackhouse.services.retrieval.store.database import Tenancy, opened
from retrieval.crowd import MODEL, Crowd, written
from retrieving import serving

TENANT, NAME = "bench", "large"
QUERIES = 60
Row = tuple[str, ...]


def main() -> None:
    """Fill, build, ask, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--recall", type=float, default=0.95)
    told = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as folder,
        serving.database(Path(folder)) as url,
    ):
        asyncio.run(_all(url, Crowd(told.passages, told.dimension), told.recall))


async def _all(url: str, crowd: Crowd, least: float) -> None:
    async with opened(url) as database:
        tenancy = Tenancy(database)
        await _timed("written", _fill(tenancy, crowd))
        far = Far(tenancy)
        limits = Limits(large=crowd.size // 2, asking=Asking(least=least))
        keeper = Keeper(Place(tenancy, url), lambda: (TENANT,), far.asked, limits)
        await _timed("index built and compared", keeper.look())
        for index in keeper.standing:
            print(f"{index.state}: recall {index.recall} at breadth {index.breadth}. {index.said}")
        before = psutil.Process().memory_info().rss
        shelf = Shelf(tenancy, large=limits.large)
        copy = await _timed("read into memory", shelf.copy(TENANT, NAME))
        held = (psutil.Process().memory_info().rss - before) / 2**20
        print(f"{held:,.0f} MB more in memory; its vectors are {_size(crowd):,.0f} MB of 32 bits")
        space = Space(TENANT, NAME, MODEL, crowd.dimension)
        await _ask(tenancy, far, copy, space, crowd, keeper.standing[0].breadth or 0)


async def _ask(
    tenancy: Tenancy, far: Far, copy: Any, space: Space, crowd: Crowd, breadth: int
) -> None:
    queries = crowd.queries(QUERIES)

    async def exactly(vector: Any) -> list[float]:
        work = partial(nearest.exactly, space=space, vector=vector, count=ASKED)
        return [it.cosine for it in await tenancy.within(TENANT, work, patience=60)]

    async def by_index(vector: Any) -> list[float]:
        work = partial(nearest.by_index, space=space, vector=vector, count=ASKED, breadth=breadth)
        return [it.cosine for it in await tenancy.within(TENANT, work, patience=60)]

    async def in_numpy(vector: Any) -> list[float]:
        cosines = crowd.vectors @ vector
        best = np.argpartition(-cosines, ASKED)[:ASKED]
        return sorted(map(float, cosines[best]), reverse=True)

    async def whole(vector: Any) -> list[float]:
        text = crowd.texts[int(abs(vector[0]) * 1e6) % crowd.size].partition(" ")[2]
        query = Query(text=text, vector=vector)
        meaning = await far.meaning(TENANT, copy, query)
        search(copy.held, Query(text=text, vector=vector, meaning=meaning))
        known = meaning.cosines[~np.isnan(meaning.cosines)]
        return sorted(map(float, known), reverse=True)

    truth = [await in_numpy(each) for each in queries]
    ways: dict[str, Callable[[Any], Awaitable[list[float]]]] = {
        "nearest: exact, numpy": in_numpy,
        "nearest: exact, PostgreSQL": exactly,
        "nearest: index": by_index,
        "search by the index": whole,
    }
    rows = [await _row(name, way, queries, truth) for name, way in ways.items()]
    print(f"load average {os.getloadavg()[0]:.1f}")
    table(rows, (f"{crowd.size:,} x {crowd.dimension}", "recall@10", "a second", "p50", "most"))


async def _row(
    name: str,
    way: Callable[[Any], Awaitable[list[float]]],
    queries: Any,
    truth: Sequence[Sequence[float]],
) -> Row:
    took, found = [], []
    for vector, exact in zip(queries, truth, strict=True):
        began = time.perf_counter()
        answer = await way(vector)
        took.append(time.perf_counter() - began)
        found.append(recall([each - 1e-4 for each in exact], answer))  # of 16 bits
    times = (f"{it * 1e3:.1f} ms" for it in (statistics.median(took), max(took)))
    return (name, f"{statistics.fmean(found):.3f}", f"{len(took) / sum(took):.0f}", *times)


async def _fill(tenancy: Tenancy, crowd: Crowd) -> None:
    async def work(connection: Connection) -> None:
        more: dict[str, Any] = {"resolver": None, "language": None, "codes": None}
        await collections.put(connection, TENANT, NAME, model=MODEL, usual=MODEL, **more)
        await written(connection, TENANT, NAME, crowd)

    await tenancy.within(TENANT, work, patience=3_600)


async def _timed(what: str, doing: Awaitable[Any]) -> Any:
    began = time.perf_counter()
    found = await doing
    print(f"{what}: {time.perf_counter() - began:.0f} s", flush=True)
    return found


def _size(crowd: Crowd) -> float:
    return crowd.size * crowd.dimension * 4 / 2**20


if __name__ == "__main__":
    main()
