"""The process as it is started: it says what it lacks, serves, and ends with a signal."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

SOURCE = Path(__file__).parents[3] / "src"


@contextmanager
def started(**more: str) -> Iterator[subprocess.Popen[bytes]]:
    paths = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "rackhouse.services.study"]
    environment = {**os.environ, **more, "PYTHONPATH": paths}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def test_it_answers_while_everything_else_is_away_and_ends(port: int) -> None:
    nobody = "http://127.0.0.1:1"
    more = {"RETRIEVAL_URL": nobody, "LLM_URL": nobody, "PORT": str(port)}
    with started(SCRIPTURE_URL=nobody, STUDY_PERSON="ruth", **more) as process:
        said = _answered(port)
        assert said.json() == {"status": "ok"}
        asked = httpx.post(f"http://127.0.0.1:{port}/v1/ask", json={"question": "my sorrow"})
        assert "event: error" in asked.text
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in {0, -signal.SIGTERM}
        assert process.stderr
        assert b"sorrow" not in process.stderr.read()


def _answered(port: int) -> httpx.Response:
    for _ in range(600):
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it does not listen")


@pytest.mark.parametrize(
    ("more", "lacks"),
    [
        ({"STUDY_PERSON": "ruth"}, b"SCRIPTURE_URL"),
        ({"SCRIPTURE_URL": "http://127.0.0.1:1"}, b"RACKHOUSE_IDENTITY_KEYS"),
    ],
)
def test_what_it_lacks_it_says(more: dict[str, str], lacks: bytes) -> None:
    with started(**more) as process:
        assert process.wait(60) == 64
        assert process.stderr
        told = process.stderr.read()
        assert lacks in told
        assert b"fix:" in told
