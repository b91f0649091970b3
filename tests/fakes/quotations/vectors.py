"""Similarities of claims and verses by the gateway's own embedder, as study is told them."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import numpy as np

from fakes.quotations.labelled import Labelled
from rackhouse.services.gateway.worker.keeper import Keeper


def similarities(rows: Sequence[Labelled], cache: Path) -> dict[str, float]:
    """Of each claim, the cosine of the nearest of its verses."""
    texts = list(dict.fromkeys(text for row in rows for text in (row.claim, *row.verses)))
    found = dict(zip(texts, asyncio.run(_vectors(texts, cache)), strict=True))
    return {
        row.claim: max(float(found[row.claim] @ found[verse]) for verse in row.verses)
        for row in rows
    }


async def _vectors(texts: list[str], cache: Path) -> list[np.ndarray]:
    keeper = Keeper("all-MiniLM-L6-v2", cache, 2)
    socket = await keeper.ready()
    try:
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session:
            body = {"input": texts, "encoding_format": "base64"}
            async with session.post("http://embedder/v1/embeddings", json=body) as answer:
                answer.raise_for_status()
                told = await answer.json()
    finally:
        await keeper.close()
    rows = [np.frombuffer(base64.b64decode(it["embedding"]), np.float32) for it in told["data"]]
    return [row / np.linalg.norm(row) for row in rows]
