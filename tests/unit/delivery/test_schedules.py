"""Which scheduled workflows are due: real git repositories, a clock of our own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rackhouse.delivery.repositories import create, folder_of
from rackhouse.delivery.runs.queue import Update, pushed, ready
from rackhouse.delivery.runs.schedules import Schedules
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import RunStatus
from rackhouse.store.sqlite_forge import SqliteForge

NIGHTLY = (
    "on: {schedule: [{cron: '30 3 * * *'}]}\njobs: {a: {runs-on: linux, steps: [{run: make}]}}\n"
)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC).timestamp()
HOUR = 3600.0


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home")


@pytest.fixture
def forge(paths: Paths) -> Iterator[SqliteForge]:
    forge = SqliteForge(paths.store)
    yield forge
    forge.close()


@pytest.fixture
def schedules(paths: Paths, forge: SqliteForge, tmp_path: Path) -> Schedules:
    """Of one repository whose default branch was pushed at noon."""
    row = create(forge, paths, "hello", by="ada", now=NOON)
    sha = commit(tmp_path / "work", folder_of(paths, "hello"), NIGHTLY)
    pushed(forge, row, [Update(ref="refs/heads/main", before="", after=sha)], who="ada", now=NOON)
    return Schedules(paths, forge)


def commit(work: Path, bare: Path, text: str) -> str:
    def git(*words: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.test")
        return subprocess.check_output(["git", *who, *words], cwd=work, text=True).strip()

    file = work / ".gitea" / "workflows" / "nightly.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not (work / ".git").exists():
        git("init", "-q", "-b", "main")
    file.write_text(text)
    git("add", "-A")
    git("commit", "-qm", "Nightly")
    git("push", "-q", str(bare), "main")
    return git("rev-parse", "HEAD")


def due(schedules: Schedules, now: float) -> list[str]:
    schedules.read(schedules.forge.repositories())
    return [row.workflow for row in schedules.queue_due(now)]


def test_it_is_due_when_its_time_has_come_and_once(schedules: Schedules) -> None:
    assert due(schedules, NOON + 15 * HOUR) == []
    assert due(schedules, NOON + 16 * HOUR) == [".gitea/workflows/nightly.yaml"]
    assert due(schedules, NOON + 16 * HOUR) == []


def test_days_that_were_missed_are_made_up_for_once(schedules: Schedules) -> None:
    late = NOON + 100 * HOUR
    assert len(due(schedules, late)) == 1
    end_all(schedules)
    assert due(schedules, late + HOUR) == []
    assert len(due(schedules, late + 24 * HOUR)) == 1


def test_it_waits_for_its_last_run(schedules: Schedules) -> None:
    assert len(due(schedules, NOON + 16 * HOUR)) == 1
    assert due(schedules, NOON + 40 * HOUR) == []
    end_all(schedules)
    assert len(due(schedules, NOON + 40 * HOUR)) == 1


def test_a_clock_that_was_ahead_does_not_stop_it_for_years(schedules: Schedules) -> None:
    year = 365 * 24 * HOUR
    assert len(due(schedules, NOON + year)) == 1
    end_all(schedules)
    assert due(schedules, NOON + HOUR) == []
    assert len(due(schedules, NOON + 16 * HOUR)) == 1


def test_a_run_beside_a_push_holds_it_not_up(schedules: Schedules) -> None:
    due(schedules, NOON + 16 * HOUR)
    assert [bool(row.workflow) for row in ready(schedules.forge)] == [False, True]


def test_a_file_that_moved_is_read_anew(schedules: Schedules, paths: Paths, tmp_path: Path) -> None:
    bare = folder_of(paths, "hello")
    assert due(schedules, NOON) == []
    commit(tmp_path / "work", bare, NIGHTLY.replace("30 3", "30 13"))
    assert len(due(schedules, NOON + 2 * HOUR)) == 1
    commit(tmp_path / "work", bare, "on: [")
    end_all(schedules)
    assert due(schedules, NOON + 48 * HOUR) == []


def end_all(schedules: Schedules) -> None:
    for row in schedules.forge.runs():
        schedules.forge.change_run(replace(row, status=RunStatus.PASSED), row.status)
