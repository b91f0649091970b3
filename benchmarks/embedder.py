"""The built-in embedder over its socket, beside plain ONNX Runtime computing in 32 bits.

    python benchmarks/embedder.py

One run, the same texts (random English words, as long as verses), as many threads. The peer does
what an example does: batches of 32 in the order given, the library's own settings, no HTTP and no
process beside.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import numpy as np
import psutil
from tokenizers import Tokenizer

from rackhouse.kit import process
from rackhouse.services.gateway.worker import build, weights
from rackhouse.services.gateway.worker.keeper import Keeper
from racks import table

TEXTS, QUERIES, THREADS = 1500, 100, 2


def main() -> None:
    if sys.argv[1:]:
        peer(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        fp32 = asyncio.run(ours("all-MiniLM-L6-v2:fp32", cache))
        int8 = asyncio.run(ours("all-MiniLM-L6-v2", cache))
        model = build.place(cache, weights.Form.FP32)
        said = process.run_sync([sys.executable, __file__, str(model)])
        plain = json.loads(said.out.splitlines()[-1])
    rows = [
        (
            what,
            show(plain[key]),
            show(fp32[key]),
            show(int8[key]),
            f"{better(plain, int8, key):.1f}",
        )
        for what, key, show in FIGURES
    ]
    table(
        rows, (f"{TEXTS} texts, {THREADS} threads", "plain fp32", "fp32", "int8", "int8 to plain")
    )


FIGURES: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("texts a second", "rate", lambda it: f"{it:.0f}"),
    ("one query, median", "query", lambda it: f"{1e3 * it:.1f} ms"),
    ("memory (RSS)", "memory", lambda it: f"{it / 1e6:.0f} MB"),
    ("first vector, model at hand", "warm", lambda it: f"{it:.2f} s"),
    ("first vector ever", "cold", lambda it: f"{it:.2f} s"),
)


def better(plain: dict[str, float], int8: dict[str, float], key: str) -> float:
    """How many times as good."""
    return int8[key] / plain[key] if key == "rate" else plain[key] / int8[key]


async def ours(model: str, cache: Path) -> dict[str, float]:
    """Over HTTP on the socket, as the gateway asks."""
    cold = await first(model, cache)
    warm = await first(model, cache)
    keeper = Keeper(model, cache, THREADS)
    socket = await keeper.ready()
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session:
        asked = texts()
        await ask(session, asked[:32])
        begun = time.perf_counter()
        await ask(session, asked)
        rate = TEXTS / (time.perf_counter() - begun)
        seconds = []
        for text in asked[:QUERIES]:
            begun = time.perf_counter()
            await ask(session, [text[:40]])
            seconds.append(time.perf_counter() - begun)
    memory = psutil.Process(keeper.pid).memory_info().rss
    await keeper.close()
    return {
        "rate": rate,
        "query": statistics.median(seconds),
        "memory": memory,
        "warm": warm,
        "cold": cold,
    }


async def first(model: str, cache: Path) -> float:
    begun = time.perf_counter()
    keeper = Keeper(model, cache, THREADS)
    socket = await keeper.ready()
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session:
        await ask(session, ["Jesus wept."])
    await keeper.close()
    return time.perf_counter() - begun


async def ask(session: aiohttp.ClientSession, asked: list[str]) -> None:
    body = {"input": asked, "encoding_format": "base64"}
    async with session.post("http://embedder/v1/embeddings", json=body) as answer:
        answer.raise_for_status()
        await answer.read()


def peer(model: Path) -> None:
    """In a process of its own, for its memory, which yields to others as ours does."""
    os.nice(5)
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    begun = time.perf_counter()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(model, options)
    tokenizer = Tokenizer.from_file(str(weights.find().tokenizer))
    tokenizer.enable_truncation(weights.LONGEST)
    tokenizer.enable_padding()

    def embed(some: list[str]) -> None:
        read = tokenizer.encode_batch(some)
        ids = np.array([each.ids for each in read])
        there = np.array([each.attention_mask for each in read])
        session.run(None, {"input_ids": ids, "attention_mask": there})

    embed(["Jesus wept."])
    start = time.perf_counter() - begun
    asked = texts()
    embed(asked[:32])
    begun = time.perf_counter()
    for at in range(0, TEXTS, 32):
        embed(asked[at : at + 32])
    rate = TEXTS / (time.perf_counter() - begun)
    seconds = []
    for text in asked[:QUERIES]:
        begun = time.perf_counter()
        embed([text[:40]])
        seconds.append(time.perf_counter() - begun)
    found = {
        "rate": rate,
        "query": statistics.median(seconds),
        "memory": psutil.Process().memory_info().rss,
        "warm": start,
        "cold": start,
    }
    sys.stdout.write(json.dumps(found))


def texts() -> list[str]:
    """As long as verses: 25 words, give or take 15."""
    dice = random.Random(7)
    known = Tokenizer.from_file(str(weights.find().tokenizer)).get_vocab()
    words = sorted(word for word in known if word.isalpha())
    return [" ".join(dice.choices(words, k=dice.randint(10, 40))) for _ in range(TEXTS)]


if __name__ == "__main__":
    main()
