"""Haystack's hybrid retriever over the same texts and the same vectors, in an environment of its
own: BM25 and embedding retrieval of its store in memory, joined by its DocumentJoiner.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rackhouse.kit.files import write_atomic
from retrieval.held import Texts
from retrieval.measuring import Way
from retrieval.queries import Query
from retrieval.vectors import FOLDER
from retrieving.ways import joined, mean

Vectors = NDArray[np.float32]

HERE = Path(__file__).parent
PEER = HERE.parents[1] / ".cache" / "peers" / "haystack"


def have_peer() -> str:
    """Make its environment, from wheels whose digests are known; "" or why there is none."""
    if (PEER / "made").exists():
        return ""
    uv = str(Path(sys.executable).with_name("uv"))
    python, lock = str(PEER / "bin" / "python"), str(HERE / "haystack.lock")
    for argv in (
        [uv, "venv", "-q", "--clear", "--python", sys.executable, str(PEER)],
        [uv, "pip", "sync", "-q", "--require-hashes", "--no-build", "--python", python, lock],
    ):
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
    (PEER / "made").touch()
    return ""


def haystack(
    texts: Texts, sets: Sequence[Sequence[Query]], plain: Sequence[Vectors]
) -> list[dict[str, Way]]:
    """Its ways, for each set of queries. It takes the better part of a second for a query, so what
    it answered is kept with the vectors, by all that it was given. It reaches nothing outside.
    """
    documents = [{"id": it.id, "content": joined(it.texts)} for it in texts.passages]
    told, rows = json.dumps(documents), mean(texts)
    given = hashlib.sha256(told.encode() + rows.tobytes())
    for file in ("haystack.lock", "haystack_peer.py"):
        given.update((HERE / file).read_bytes())
    ways = []
    for queries, vectors in zip(sets, plain, strict=True):
        asked = json.dumps([query.text for query in queries])
        whole = given.copy()
        whole.update(asked.encode() + vectors.tobytes())
        kept = FOLDER / f"haystack-{whole.hexdigest()[:32]}.json"
        if not kept.exists():
            write_atomic(kept, _asked(told, rows, asked, vectors))
        ways.append({way: _way(answers) for way, answers in json.loads(kept.read_text()).items()})
    return ways


def _asked(told: str, rows: Vectors, asked: str, vectors: Vectors) -> str:
    with tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as name:
        folder = Path(name)
        (folder / "documents.json").write_text(told)
        (folder / "queries.json").write_text(asked)
        np.save(folder / "documents.npy", rows)
        np.save(folder / "queries.npy", vectors)
        subprocess.run(
            [str(PEER / "bin" / "python"), str(HERE / "haystack_peer.py"), name],
            env={"PATH": os.defpath, "HOME": name, "HAYSTACK_TELEMETRY_ENABLED": "False"},
            check=True,
        )
        return (folder / "found.json").read_text()


def _way(answers: list[list[str]]) -> Way:
    return lambda at, _: [int(verse) for verse in answers[at]]
