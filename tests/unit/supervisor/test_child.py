"""One process, watched to its end, with pidfds and without."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from rackhouse.kit import process
from rackhouse.supervisor import child as child_module
from rackhouse.supervisor import table
from rackhouse.supervisor.child import Child

from .conftest import Start


@pytest.fixture(params=["pidfd", "polling"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "polling":
        monkeypatch.setattr(child_module, "_pidfd", lambda _: None)
        monkeypatch.setattr(child_module, "_POLL", 0.01)
    return str(request.param)


def spawned(tmp_path: Path, script: str, *, note_end: bool = False) -> Child:
    pid = process.spawn(
        ["sh", "-c", script],
        env={"PATH": os.environ["PATH"]}, folder=tmp_path, log=tmp_path / "log", note_end=note_end,
    )  # fmt: skip
    entry = table.look(pid)
    return Child(pid, entry.born if entry else 0, ours=True, group=note_end)


async def test_answers_the_exit_code_of_our_own(tmp_path: Path) -> None:
    assert await asyncio.wait_for(spawned(tmp_path, "exit 3").ended, 5) == 3


async def test_signals_it(tmp_path: Path) -> None:
    child = spawned(tmp_path, "exec sleep 1000")
    child.signal(signal.SIGTERM)
    assert await asyncio.wait_for(child.ended, 5) == -signal.SIGTERM
    child.signal(signal.SIGKILL)  # after its end: nobody is signalled


async def test_signals_the_program_behind_the_shell_that_waits_for_it(tmp_path: Path) -> None:
    child = spawned(
        tmp_path, "trap 'exit 9' TERM; echo up; while :; do sleep 0.01; done", note_end=True
    )
    while not (tmp_path / "log").read_text():
        await asyncio.sleep(0.005)
    child.signal(signal.SIGTERM)
    assert await asyncio.wait_for(child.ended, 5) == 9


async def test_of_an_adopted_one_nobody_knows_the_code(start: Start) -> None:
    other = start("sh", "-c", "read line; exit 3", stdin=-1)
    entry = table.look(other.pid)
    assert entry is not None
    child = Child(other.pid, entry.born, ours=False, group=False)
    await asyncio.sleep(0.05)
    assert not child.ended.done()
    other.communicate(b"\n")
    assert await asyncio.wait_for(child.ended, 5) is None
    assert other.returncode == 3  # its own parent reaped it, not we


async def test_a_stranger_is_never_adopted(start: Start) -> None:
    other = start("sleep", "1000")
    entry = table.look(other.pid)
    assert entry is not None
    child = Child(other.pid, entry.born - 1, ours=False, group=False)
    assert await asyncio.wait_for(child.ended, 5) is None
    child.signal(signal.SIGKILL)
    await asyncio.sleep(0.05)
    assert other.poll() is None
