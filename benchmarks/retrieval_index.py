"""From texts to what answers: seconds to fill a collection with a translation, to build what is
held of two, and the memory that it takes.

    python benchmarks/retrieval_index.py [--verses N]

Filled by the processes that are deployed: retrieval, the gateway with its embedder (int8, two
threads) and PostgreSQL, over HTTP, told by the events of the job; until everything is found, words
with their vectors among it. Beside it the embedder alone, in this process. The load average says
how quiet the machine was, the seconds of processors what it costs on any. What is held is built in
a process of its own of the texts and of vectors in 16 bits, as they come from PostgreSQL; memory is
resident, before and after, and when 200 queries were answered.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from retrieval import corpus, held, queries, vectors
from retrieving import filling, serving

QUERIES = 200


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--verses", type=int, default=10**6, help="of the first so many alone")
    parser.add_argument("--held", type=Path, help="what the process of its own does")
    told = parser.parse_args()
    if told.held:
        _held(told.held)
        return
    _filled(told.verses)
    _embedded(told.verses)
    with tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as folder:
        file = Path(folder, "given")
        _given(file)
        argv = [sys.executable, __file__, "--held", str(file)]
        done = subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True)
    it = json.loads(done.stdout)
    print(
        f"held: {it['texts']:,} texts of {it['passages']:,} passages built in {it['seconds']:.1f} s"
        f" ({it['busy']:.1f} s of processors), {it['before']:.0f} MB before,"
        f" {it['after']:.0f} MB after, {it['asked']:.0f} MB after {QUERIES} queries"
    )


def _filled(most: int) -> None:
    passages = corpus.passages(("kjv",))[:most]
    vectors.embedder()  # its model is at hand
    print(f"load average {os.getloadavg()[0]:.1f} before", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rackhouse-bench-")))
        url = stack.enter_context(serving.database(folder))
        models, _ = stack.enter_context(serving.gateway(folder))
        address, _ = stack.enter_context(serving.retrieval(folder, url, models))
        busy, next_ = _children(), 0.0
        for spent, said in filling.filled(address, passages):
            if spent >= next_ or said["state"] == "done":
                done = f"{said['passages']:,} read, {said['embedded']:,} embedded"
                print(f"{said['state']} after {spent:.1f} s: {done}", flush=True)
                next_ = spent + 5
        busy = _children() - busy
    print(f"filled: {len(passages):,} verses in {spent:.1f} s, {busy:.1f} s of processors")


def _children() -> float:
    """Seconds of processors of all processes that were started here."""
    used = [each.cpu_times() for each in psutil.Process().children(recursive=True)]
    return float(sum(each.user + each.system for each in used))


def _embedded(most: int) -> None:
    texts = list(corpus.verses("kjv").values())[:most]
    made = vectors.embedder(2)
    made(texts[:32])  # it is loaded
    print(f"load average {os.getloadavg()[0]:.1f} before", flush=True)
    began, busy = time.perf_counter(), _busy()

    def told(done: int, all_: int) -> None:
        if done % 5_000 == 0 or done == all_:
            spent = time.perf_counter() - began
            print(f"{done:,} of {all_:,} after {spent:.1f} s, {done / spent:.0f}/s", flush=True)

    with tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as folder:
        vectors.of(texts, made=made, told=told, folder=Path(folder))
    spent, busy = time.perf_counter() - began, _busy() - busy
    print(f"embedded: {len(texts):,} verses in {spent:.1f} s, {busy:.1f} s of processors")


def _given(file: Path) -> None:
    """Passages and vectors as they come from PostgreSQL, and some queries with theirs."""
    passages = corpus.passages()
    made = {it: vectors.of([one.texts.get(it, "") for one in passages]) for it in corpus.BARE}
    asked = [query.text for query in queries.read(queries.TOPICS)[:QUERIES]]
    words = held.near(passages, corpus.BARE)
    file.write_bytes(pickle.dumps((passages, made, words, asked, vectors.embedder()(asked))))


def _held(file: Path) -> None:
    from rackhouse.services.retrieval.model.ranking.held import Held
    from rackhouse.services.retrieval.model.ranking.search import Query, search, understood

    before = _resident()
    passages, made, near, asked, meant = pickle.loads(file.read_bytes())
    began, busy = time.perf_counter(), _busy()
    one = Held(passages, made, near=near)
    spent, busy = time.perf_counter() - began, _busy() - busy
    del made
    gc.collect()
    after = _resident()
    for text, vector in zip(asked, meant, strict=True):
        search(one, Query(text=understood(one, text), vector=vector, limit=10))
    found = {
        "passages": len(passages),
        "texts": sum(len(it.texts) for it in passages),
        "seconds": spent,
        "busy": busy,
        "before": before,
        "after": after,
        "asked": _resident(),
    }
    print(json.dumps(found))


def _busy() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _resident() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


if __name__ == "__main__":
    main()
