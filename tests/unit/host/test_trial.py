"""A change on trial on a host: confirmed it stays, else it goes back, by itself or by the next."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rackhouse.targets.host.agent import disk, trial
from rackhouse.targets.host.agent.failure import Failure
from unit.host import watchers


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Iterator[Path]:
    disk.ROOT = str(tmp_path)
    (tmp_path / "run").mkdir()
    yield tmp_path
    disk.ROOT = ""
    watchers.end(tmp_path)


def begin(root: Path, name: str, seconds: float = 60.0) -> Path:
    """A trial whose way back leaves a file."""
    mark = root / f"{name}-went-back"
    trial.begin({"trial": name, "confirm": seconds}, f"touch '{mark}'\n")
    return mark


def left(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "run/rackhouse/trials").iterdir())


def test_confirmed_it_stays(root: Path) -> None:
    mark = begin(root, "one")
    trial.confirm({"trial": "one"}, print)
    assert left(root) == []  # so that whoever waits to run it finds nothing
    trial.settle()
    assert not mark.exists()


def test_unconfirmed_it_goes_back_by_itself_and_nobody_may_confirm_it_then(root: Path) -> None:
    mark = begin(root, "one", 0.1)
    deadline = time.monotonic() + 10
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert mark.exists()
    with pytest.raises(Failure, match="went back"):
        trial.confirm({"trial": "one"}, print)


def test_the_next_begins_by_going_back_from_what_a_dead_one_left(root: Path) -> None:
    marks = [begin(root, name) for name in ("one", "two")]
    trial.settle()
    assert all(mark.exists() for mark in marks)
    assert left(root) == []
    trial.settle()
