"""The process with modules: killed while it imports, and what it has grown to when it serves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from integration.scripture.sources.conftest import PACKAGES, SWORD
from rackhouse.services.scripture.store import shelves, texts

SOURCE = Path(__file__).parents[4] / "src"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("scripture-modules"),
    pytest.mark.skipif(not (SWORD / "modules/texts/ztext/engWEB2015eb").is_dir(), reason=PACKAGES),
]


@contextmanager
def started(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    paths = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
    more = {"PORT": str(port), "SCRIPTURE_FOLDER": str(folder), "PYTHONPATH": paths}
    command = [sys.executable, "-m", "rackhouse.services.scripture"]
    environment = {**os.environ, **more, "SCRIPTURE_SWORD": str(SWORD)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def answered(port: int, path: str) -> httpx.Response:
    """As soon as it listens."""
    for _ in range(2400):
        try:
            return httpx.get(f"http://127.0.0.1:{port}{path}")
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it does not listen")


def every(port: int) -> list[dict[str, str]]:
    """The translations, once all are imported, and the works: a busy machine answers before."""
    for _ in range(1200):
        if answered(port, "/v1/works").json()["works"]:
            break
        time.sleep(0.1)
    told: list[dict[str, str]] = answered(port, "/v1/translations").json()["translations"]
    return told


def port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def resident(process: subprocess.Popen[bytes]) -> int:
    """MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def test_killed_while_it_imports_it_begins_anew_and_stays_small(tmp_path: Path) -> None:
    for wait in (2, 6):
        with started(tmp_path, port()):
            time.sleep(wait)
    there = port()
    with started(tmp_path, there):
        told = every(there)
    assert [it["id"] for it in told] == ["kjv", "asv", "kjv-strong", "web", "rv1909"]
    assert [it.id for it in texts.read(tmp_path)] == [it["id"] for it in told]
    assert len(texts.read(tmp_path, shelves.NAME)) >= 1
    there = port()
    with started(tmp_path, there) as process:  # nothing is imported any more
        answered(there, "/v1/books/PSA/chapters/119?translation=kjv,asv,kjv-strong,web,rv1909")
        study = answered(there, "/v1/strongs/H3068?limit=500").json()
        assert study["verses"] > 5_000
        assert resident(process) < 200
    # A draft may be left where it was killed as it wrote; it is never read.
    there_are = {it.name for it in tmp_path.iterdir() if not it.name.startswith(".")}
    assert there_are == {texts.NAME, shelves.NAME}
