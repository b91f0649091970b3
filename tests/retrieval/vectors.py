"""Vectors of texts by the gateway's own embedder, kept from run to run.

A file is named by what its vectors are made of: texts, model, how it computes. It is written whole
or not at all, by one process at a time, and is made anew where its bytes are not what was written.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rackhouse.kit.files import make_folder, write_atomic
from rackhouse.services.gateway.worker import build, weights
from rackhouse.services.gateway.worker.batches import batches
from rackhouse.services.gateway.worker.embedder import Embedder
from rackhouse.services.gateway.worker.tokens import Tokens

Vectors = NDArray[np.float16]
Made = Callable[[Sequence[str]], NDArray[np.float32]]
Told = Callable[[int, int], None]

FOLDER = Path(__file__).parents[2] / ".cache" / "retrieval"
_FORM = weights.FORMS[weights.NAME]
_MADE_OF = f"{weights.DIGEST} {build.VERSION} {_FORM} 1"
_PART = 1_000  # texts between two words of progress
_DIGEST = hashlib.sha256().digest_size


@cache
def embedder(threads: int = 2) -> Made:
    """Texts to vectors of length 1."""
    model = build.make(FOLDER / "model", _FORM, weights.find())
    loaded = Embedder(model)
    tokens = Tokens(weights.find().tokenizer, weights.LONGEST)

    def made(texts: Sequence[str]) -> NDArray[np.float32]:
        ids = [read.ids for read in tokens.read(texts)]
        found = np.empty((len(ids), weights.WIDTH), np.float32)

        def compute(places: list[int]) -> None:
            found[places] = loaded.vectors([ids[place] for place in places])

        with ThreadPoolExecutor(threads) as hands:
            deque(hands.map(compute, batches([len(each) for each in ids])), maxlen=0)
        return found

    return made


def of(
    texts: Sequence[str],
    *,
    made: Made | None = None,
    told: Told = lambda done, all_: None,
    folder: Path = FOLDER,
) -> Vectors:
    """A row a text, in the 16 bits that are kept in PostgreSQL too; zeros for an empty one."""
    make_folder(folder)
    file = folder / f"{_name(texts)}.bin"
    with _alone(folder):
        found = _read(file, len(texts))
        if found is None:
            found = _made(texts, made or embedder(), told)
            _write(file, found)
    return found


def _made(texts: Sequence[str], made: Made, told: Told) -> Vectors:
    found = np.zeros((len(texts), weights.WIDTH), np.float16)
    there = np.array([row for row, text in enumerate(texts) if text], np.int64)
    for at in range(0, there.size, _PART):
        rows = there[at : at + _PART]
        found[rows] = made([texts[row] for row in rows])
        told(at + rows.size, there.size)
    return found


def _name(texts: Sequence[str]) -> str:
    whole = hashlib.sha256(_MADE_OF.encode())
    for text in texts:
        said = text.encode()
        whole.update(len(said).to_bytes(8, "big") + said)
    return whole.hexdigest()[:32]


def _read(file: Path, rows: int) -> Vectors | None:
    """None where it is not there, or is not what was written."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    digest, array = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(array).digest() != digest:
        return None
    found: Vectors = np.load(io.BytesIO(array), allow_pickle=False)
    return found if found.shape == (rows, weights.WIDTH) else None


def _write(file: Path, vectors: Vectors) -> None:
    array = io.BytesIO()
    np.save(array, vectors, allow_pickle=False)
    write_atomic(file, hashlib.sha256(array.getvalue()).digest() + array.getvalue())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The kernel lets go of it when the process ends, however it does."""
    with (folder / "lock").open("w") as lock:
        os.fchmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
