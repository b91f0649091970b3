"""The process as it is started: it imports its texts, serves them, and is killed in between."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from rackhouse.services.scripture.store import texts
from rackhouse.services.scripture.store.sources import SOURCES

SOURCE = Path(__file__).parents[3] / "src"


@contextmanager
def started(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    paths = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
    more = {"PORT": str(port), "SCRIPTURE_FOLDER": str(folder), "PYTHONPATH": paths}
    more["SCRIPTURE_SWORD"] = ""  # what every machine has, wherever this runs
    command = [sys.executable, "-m", "rackhouse.services.scripture"]
    with subprocess.Popen(command, env={**os.environ, **more}, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def answered(port: int, path: str) -> httpx.Response:
    """As soon as it listens, with all of its texts: where much else runs it begins with a part."""
    for _ in range(2_400):
        with suppress(httpx.TransportError):
            answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=60)
            if "still imported" not in answer.text:
                return answer
        time.sleep(0.05)
    raise AssertionError("it does not listen")


@pytest.fixture
def port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def test_it_serves_what_it_took_out_of_the_packages(tmp_path: Path, port: int) -> None:
    with started(tmp_path / "texts", port) as process:
        told = answered(port, "/v1/passages?ref=Jn 11:35&translation=kjv,asv").json()
        said = [each["verses"][0]["text"] for each in told["passages"][0]["texts"]]
        assert said == ["Jesus wept.", "Jesus wept."]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in {0, -signal.SIGTERM}
    held = texts.opened(tmp_path / "texts", texts.read(tmp_path / "texts"))
    assert [each.digest for each in held] == [it.digest for it in SOURCES]


def test_killed_while_it_imports_it_begins_anew(tmp_path: Path, port: int) -> None:
    for wait in (0.3, 1.0, 1.6):
        with started(tmp_path, port):
            time.sleep(wait)
    with started(tmp_path, port):
        told = answered(port, "/v1/passages?ref=Jn 11:35&translation=kjv,asv")
        assert told.status_code == 200
    assert len(texts.read(tmp_path)) == len(SOURCES)


def test_what_it_cannot_do_it_says(tmp_path: Path, port: int) -> None:
    (tmp_path / "file").write_text("")
    with started(tmp_path / "file" / "texts", port) as process:
        assert process.wait(30) == 7
        assert process.stderr
        assert b"fix:" in process.stderr.read()
