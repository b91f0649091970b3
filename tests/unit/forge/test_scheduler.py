"""The scheduler when no worker can work: it says so, and is patient."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from rackhouse.delivery.runs import queue
from rackhouse.delivery.runs.log import read_log
from rackhouse.delivery.runs.queue import Update
from rackhouse.forge.scheduler import Scheduler
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import RepositoryRow, RunStatus
from rackhouse.store.sqlite_forge import SqliteForge


async def heads(_: str) -> Mapping[str, str]:
    return {"refs/heads/main": "a1"}


async def test_a_worker_that_cannot_start_is_told_of_and_not_tried_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(
        f"#!/bin/sh\necho x >> {tmp_path}/tries\necho no module of that name >&2\nexit 1\n"
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    paths = Paths(tmp_path)
    forge = SqliteForge(paths.store)
    row = RepositoryRow(name="hello")
    forge.put_repository(row)
    scheduler = Scheduler(paths, forge, heads)
    (run,) = queue.pushed(
        forge, row, [Update(ref="refs/heads/main", before="", after="a1")], who="ada", now=1.0
    )
    task = asyncio.create_task(scheduler.run())
    folder = queue.run_folder(paths, run.number)
    while not list(read_log(folder)):
        await asyncio.sleep(0.02)
    await asyncio.sleep(1.5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    said = [line.text for line, _ in read_log(folder)]
    assert said[0] == "it cannot begin: no module of that name; tried again in 2 s"
    assert len((tmp_path / "tries").read_text().split()) <= 3
    found = forge.run(run.number)
    assert found is not None
    assert found.status is RunStatus.WAITING, "it is not lost"
    forge.close()


async def test_what_no_hook_reported_is_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The forge was killed between git's update and the hook."""
    monkeypatch.setattr(sys, "executable", "/bin/true")
    paths = Paths(tmp_path)
    forge = SqliteForge(paths.store)
    forge.put_repository(RepositoryRow(name="hello"))
    task = asyncio.create_task(Scheduler(paths, forge, heads).run())
    while not forge.runs():
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (run,) = forge.runs()
    assert (run.repository, run.ref, run.sha) == ("hello", "refs/heads/main", "a1")
    forge.close()
