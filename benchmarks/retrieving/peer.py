"""Haystack's hybrid retriever over the same texts and the same vectors, in an environment of its
own: BM25 and embedding retrieval of its store in memory, joined by its DocumentJoiner.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.held import Texts
from retrieval.measuring import Way
from retrieval.queries import Query
from retrieving.ways import joined, mean

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
    texts: Texts, sets: Sequence[Sequence[Query]], plain: Sequence[NDArray[np.float32]]
) -> list[dict[str, Way]]:
    """Its ways, for each set of queries. It reaches nothing outside."""
    with tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as name:
        folder = Path(name)
        documents = [{"id": it.id, "content": joined(it.texts)} for it in texts.passages]
        (folder / "documents.json").write_text(json.dumps(documents))
        asked = [query.text for queries in sets for query in queries]
        (folder / "queries.json").write_text(json.dumps(asked))
        np.save(folder / "documents.npy", mean(texts))
        np.save(folder / "queries.npy", np.concatenate(plain))
        subprocess.run(
            [str(PEER / "bin" / "python"), str(HERE / "haystack_peer.py"), name],
            env={"PATH": os.defpath, "HOME": name, "HAYSTACK_TELEMETRY_ENABLED": "False"},
            check=True,
        )
        found = json.loads((folder / "found.json").read_text())
    ways, before = [], 0
    for queries in sets:
        ways.append({way: _way(answers, before) for way, answers in found.items()})
        before += len(queries)
    return ways


def _way(answers: list[list[str]], before: int) -> Way:
    return lambda at, _: [int(verse) for verse in answers[before + at]]
