"""What is known of units, in memory and on disk."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.supervisor.board import Board
from rackhouse.supervisor.clock import FakeClock
from rackhouse.supervisor.unit import Phase, State


def test_a_state_is_on_disk_at_once_and_says_since_when(tmp_path: Path, clock: FakeClock) -> None:
    board = Board(tmp_path, clock)
    board.put(State(name="a"))
    began = clock.now()
    clock.jump(5)
    board.put(replace(board.states["a"], why="not yet"))
    assert board.states["a"].since == began
    board.put(replace(board.states["a"], phase=Phase.READY))
    assert board.saved("a") == board.states["a"]
    assert board.states["a"].since == began + 5
    assert board.phase("a") is Phase.READY
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_state_that_is_taken_over_keeps_its_since(tmp_path: Path, clock: FakeClock) -> None:
    board = Board(tmp_path, clock)
    board.put(State(name="a", phase=Phase.READY, since=12.0))
    assert board.states["a"].since == 12.0


def test_what_has_not_changed_is_not_written_again(tmp_path: Path, clock: FakeClock) -> None:
    board = Board(tmp_path, clock)
    board.put(State(name="a"))
    (tmp_path / "a.json").unlink()
    board.put(board.states["a"])
    assert board.saved("a") is None
    assert board.phase("a") is Phase.WAITING


async def test_wakes_whoever_waits(tmp_path: Path, clock: FakeClock) -> None:
    board = Board(tmp_path, clock)
    waiting = [
        asyncio.create_task(board.until(lambda: board.phase("a") is Phase.READY)) for _ in "12"
    ]
    await asyncio.sleep(0)
    board.put(State(name="a"))
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    board.put(State(name="a", phase=Phase.READY))
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    board.drop("a")
    board.drop("a")
    assert board.phase("a") is None
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_does_not_stop_what_runs(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    board = Board(tmp_path / "gone", clock)
    board.put(State(name="a", phase=Phase.READY))
    assert board.phase("a") is Phase.READY
    assert "a: its state cannot be written" in caplog.text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "a"}', '{"phase": "no"}', "\0"])
def test_a_state_that_cannot_be_read_is_none(tmp_path: Path, clock: FakeClock, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert Board(tmp_path, clock).saved("a") is None
