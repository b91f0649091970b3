"""Makes the model's file from its weights, once, into a cache: whole or not at all, however often
it is killed in between, and by one process at a time. Serves nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rackhouse.kit.files import host_error, make_folder
from rackhouse.services.gateway.worker import weights
from rackhouse.services.gateway.worker.weights import Files, Form

VERSION = 2  # of what is written here: another one is another file


def place(cache: Path, form: Form) -> Path:
    """Where the file lies when it has been made: what it depends on is in its name."""
    return cache / f"{weights.NAME}-{weights.DIGEST[:16]}-{VERSION}-{form}.onnx"


def make(cache: Path, form: Form, files: Files) -> Path:
    """The file, made unless it is there. HostError for wrong weights and a full disk."""
    made = place(cache, form)
    make_folder(cache)
    try:
        with _alone(cache):
            if not made.exists():
                _make(made, form, files)
    except OSError as error:
        raise host_error(error, made) from error
    return made


def _make(made: Path, form: Form, files: Files) -> None:
    begun = time.monotonic()
    _say(f"{form} is made from its weights, once; this takes a few seconds")
    weights.check(files)
    drafts = made.parent / "drafts"
    shutil.rmtree(drafts, ignore_errors=True)  # of one that was killed
    drafts.mkdir(mode=0o700)
    draft = drafts / made.name
    try:
        _write(draft, form, files)
        _sync(draft)
        draft.replace(made)
        _sync(made.parent)
    finally:
        shutil.rmtree(drafts, ignore_errors=True)
    _say(f"{form} was made in {time.monotonic() - begun:.1f} s")


def _write(draft: Path, form: Form, files: Files) -> None:
    import onnx  # here, since one that serves needs nothing of this
    from safetensors.numpy import load_file

    from rackhouse.services.gateway.worker import bert
    from rackhouse.services.gateway.worker.graph import Graph
    from rackhouse.services.gateway.worker.int8 import Int8

    kinds = {Form.FP32: Graph, Form.INT8: Int8}
    graph = kinds[form](load_file(files.weights))
    onnx.save(bert.build(graph, heads=weights.HEADS), draft)


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """The kernel lets go of the lock when the process ends, however it does."""
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _say(what: str) -> None:
    sys.stderr.write(f"embedder: {weights.NAME} {what}\n")
