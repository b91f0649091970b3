"""A real model server behind the gateway: `transformers serve`, with a Llama of random weights that
the test writes. What it says is noise; that it comes through whole is what is shown.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from fakes.models import noise, rack
from fakes.models.events import said
from fakes.models.serving import served
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Config, Kind, Upstream

SERVER = Path(__file__).parents[4] / ".cache/peers/transformers/bin/transformers"
ASKED = [{"role": "user", "content": "In the beginning"}]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not SERVER.exists(),
        reason="no environment with transformers: scripts/prefetch-slow makes it where it is cheap",
    ),
]


@contextmanager
def _serving(model: Path, home: Path) -> Iterator[str]:
    """Its address, when it answers."""
    (home / "hub").mkdir(parents=True)
    told = {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "OMP_NUM_THREADS": "1", **told}
    argv = [str(SERVER), "serve", str(model), "--device", "cpu", "--port", "0"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [*argv, "--host", "127.0.0.1"], env=env, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield _address(server.pid, home / "log")
    finally:
        server.kill()
        server.wait()


def _address(pid: int, log: Path) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        for each in psutil.Process(pid).net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN:
                return f"http://127.0.0.1:{each.laddr.port}"
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])


@dataclass
class Both:
    """A client of the server itself, with its name for the model, and one of the gateway."""

    direct: httpx.Client
    model: str
    through: httpx.Client


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    model = tmp_path_factory.mktemp("noise")
    noise.write(model)
    with _serving(model, tmp_path_factory.mktemp("home") / "huggingface") as url:
        config = Config(
            upstreams=(
                Upstream(name="real", kind=Kind.COMPATIBLE, url=url, model=str(model), local=True),
            ),
            models=(rack.model("real"),),
            keys=(rack.KEY,),
        )
        headers = {"authorization": f"Bearer {rack.SECRET}"}
        with (
            served(create(config, wiring.opened)) as door,
            httpx.Client(base_url=url, timeout=60) as direct,
            httpx.Client(base_url=door, headers=headers, timeout=60) as through,
        ):
            yield Both(direct, str(model), through)


def test_an_answer_is_the_servers_own(both: Both) -> None:
    asked = {"messages": ASKED, "max_tokens": 16}
    own = both.direct.post("/v1/chat/completions", json={"model": both.model, **asked}).json()
    passed = both.through.post("/v1/chat/completions", json={"model": "chat", **asked}).json()
    assert passed["choices"] == own["choices"]
    assert passed["usage"] == own["usage"]
    assert own["usage"]["completion_tokens"] == 16


def test_a_stream_is_the_servers_own(both: Both) -> None:
    """This server sends no [DONE]; clients of the gateway get theirs."""
    asked = {"messages": ASKED, "max_tokens": 16, "stream": True}
    own, _ = _said(both.direct, {"model": both.model, **asked})
    passed, last = _said(both.through, {"model": "chat", **asked})
    assert passed == own != ""
    assert last == "[DONE]"


def _said(client: httpx.Client, asked: dict[str, object]) -> tuple[str, str]:
    """All words, and the last event."""
    with client.stream("POST", "/v1/chat/completions", json=asked) as response:
        events = [line[6:] for line in response.iter_lines() if line.startswith("data: ")]
    return said(events), events[-1]
