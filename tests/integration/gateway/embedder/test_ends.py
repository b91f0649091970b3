"""What is left when something is killed: nothing, and nothing in the way of the next start."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import pytest

from fakes.models.embedder import MODELS, SECRET, config, workers
from rackhouse.kit.errors import Unavailable
from rackhouse.services.gateway.clients import builtin
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.worker import build
from rackhouse.services.gateway.worker import keeper as keeping
from rackhouse.services.gateway.worker.keeper import Keeper
from rackhouse.services.gateway.worker.weights import Form

pytestmark = pytest.mark.slow


@pytest.fixture
def room() -> Iterator[Path]:
    """A short place for sockets, and the only one that the gateway of a test knows."""
    folder = Path(tempfile.mkdtemp(prefix="rackhouse-test-"))
    yield folder
    shutil.rmtree(folder)


def _until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def _make(cache: Path, room: Path) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "rackhouse.services.gateway.worker", "--threads", "1"]
    argv += ["--cache", str(cache), "--socket", str(room / "socket")]
    return subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_making_the_model_may_be_cut_anywhere(tmp_path: Path, room: Path) -> None:
    """Killed when it begins, before there is a draft, while it is written; then two at once."""
    made = build.place(tmp_path, Form.INT8)
    draft = tmp_path / "drafts" / made.name
    moments: tuple[Callable[[], bool], ...] = (
        (tmp_path / "lock").exists,
        draft.parent.exists,
        lambda: _size(draft) > 0,
    )
    for moment in moments:
        with _make(tmp_path, room) as first:
            _until(lambda moment=moment: moment() or made.exists())  # type: ignore[misc]
            first.kill()
    with _make(tmp_path, room) as first, _make(tmp_path, room / "other") as second:
        assert first.stdout is not None
        assert first.stdout.readline() == b"ready\n"
        second.kill()
        first.kill()
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["lock", made.name])


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.stat().st_size
    return 0


def test_the_worker_ends_with_whoever_started_it(cache: Path, room: Path) -> None:
    with _make(cache, room) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(60) == 0


async def test_without_a_cache_the_model_is_made_anew(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    (room / "file").touch()
    keeper = Keeper(MODELS[0], room / "file" / "cache")
    try:
        socket = await keeper.ready()
        assert socket.is_socket()
        assert build.place(socket.parent, Form.INT8).exists()
    finally:
        await keeper.close()
    assert [each.name for each in room.iterdir()] == ["file"]


async def test_one_that_does_not_start_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keeping, "_SHORTEST", 0.1)
    spoilt = build.place(tmp_path, Form.INT8)
    spoilt.write_bytes(b"no model")
    keeper = Keeper(MODELS[0], tmp_path)
    try:
        with pytest.raises(Unavailable, match="does not start"):
            await keeper.ready()
        assert f"{spoilt}: the model cannot be loaded" in capfd.readouterr().err
        spoilt.unlink()
        async with asyncio.timeout(60):
            while not await _is_ready(keeper):
                await asyncio.sleep(0.1)
    finally:
        await keeper.close()


async def test_one_that_hangs_is_ended_and_another_answers_what_it_had(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keeping, "_EVERY", 0.1)
    monkeypatch.setattr(keeping, "_PATIENCE", 5.0)
    keeper = Keeper(MODELS[0], cache)
    soon, late = (
        Upstream(name="embedder", kind=Kind.BUILTIN, model=MODELS[0], first_byte=seconds)
        for seconds in (0.2, 120.0)
    )
    call = Call(
        id="1", caller=Caller(key="k"), task=Task.EMBEDDING, model="m", payload={"input": "Psalms"}
    )
    async with builtin.opened(lambda _: keeper) as client:
        before = (await client.ask(late, call)).body
        hung = keeper.pid
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(Failed, match="fell silent") as failed:
            await client.ask(soon, call)
        assert failed.value.fault
        assert (await client.ask(late, call)).body == before
        assert keeper.pid != hung
        assert not psutil.pid_exists(hung)
    assert "embedder: it hangs and is started anew" in capfd.readouterr().err


async def _is_ready(keeper: Keeper) -> bool:
    with suppress(Unavailable):
        return (await keeper.ready()).is_socket()
    return False


def test_a_gateway_that_is_killed_takes_its_worker_along(
    cache: Path, room: Path, tmp_path: Path
) -> None:
    """And the next one sweeps up the folder of its socket."""
    models = tmp_path / "models.json"
    models.write_bytes(msgspec.json.encode(config()))
    for _ in range(2):
        with _gateway(models, cache, room) as gateway:
            answer = _ask(gateway.pid)
            (worker,) = workers(gateway.pid)
            assert "OPENAI_API_KEY" not in worker.environ()
            left = list(room.iterdir())
            gateway.kill()
        worker.wait(60)
        assert answer["usage"]["prompt_tokens"] == 5
        assert [each.name for each in left] == [each.name for each in room.iterdir()]
    assert len(left) == 1


def test_a_gateway_that_ends_leaves_nothing(cache: Path, room: Path, tmp_path: Path) -> None:
    """`room` is its home too: neither does ONNX Runtime leave what it would report to its maker."""
    models = tmp_path / "models.json"
    models.write_bytes(msgspec.json.encode(config()))
    with _gateway(models, cache, room) as gateway:
        _ask(gateway.pid)
        (worker,) = workers(gateway.pid)
        gateway.terminate()
    worker.wait(60)
    assert not list(room.iterdir())


def _gateway(models: Path, cache: Path, room: Path) -> subprocess.Popen[bytes]:
    told = {"GATEWAY_MODELS": str(models), "GATEWAY_CACHE": str(cache), "TMPDIR": str(room)}
    env = {"PATH": os.environ["PATH"], "HOME": str(room), "PORT": "0", **told}
    env["OPENAI_API_KEY"] = "sk-none-of-a-worker's-business"
    return subprocess.Popen([sys.executable, "-m", "rackhouse.services.gateway"], env=env)


def _ask(gateway: int) -> dict[str, Any]:
    process = psutil.Process(gateway)
    _until(lambda: bool(_ports(process)))
    answer = httpx.post(
        f"http://127.0.0.1:{_ports(process)[0]}/v1/embeddings",
        json={"model": MODELS[0], "input": "Jesus wept."},
        headers={"authorization": f"Bearer {SECRET}"},
        timeout=120,
    )
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def _ports(process: psutil.Process) -> list[int]:
    listening = process.net_connections("tcp")
    return [each.laddr.port for each in listening if each.status == psutil.CONN_LISTEN]
