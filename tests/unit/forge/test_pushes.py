"""From git's refs to the queue, and to whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from rackhouse.delivery.access import Caller
from rackhouse.delivery.repositories import create, folder_of
from rackhouse.delivery.runs.queue import Update
from rackhouse.forge import pushes
from rackhouse.forge.pushes import Pushes
from rackhouse.forge.visit import RECEIVE, Visit
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import Scope
from rackhouse.store.sqlite_forge import SqliteForge


class Told:
    """Runs that say one line and then nothing until they are let go."""

    def __init__(self) -> None:
        self.woken = self.closed = 0
        self.over = asyncio.Event()

    async def run(self) -> None:
        await self.over.wait()

    def warm(self) -> None:
        pass

    def wake(self) -> None:
        self.woken += 1

    async def follow(self, runs: Sequence[int]) -> AsyncIterator[str]:
        try:
            yield f"run {runs[0]}"
            await self.over.wait()
            yield "live"
        finally:
            self.closed += 1


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[SqliteForge]:
    made = SqliteForge(tmp_path / "store.db")
    yield made
    made.close()


@pytest.fixture
def visit(forge: SqliteForge, tmp_path: Path) -> Visit:
    paths = Paths(tmp_path)
    row = create(forge, paths, "hello", by="owner", now=1.0)
    caller = Caller(person="ada", token=1, scope=Scope.WRITE, repositories=("*",))
    return Visit(caller=caller, repository=row, folder=folder_of(paths, "hello"), service=RECEIVE)


def update(branch: str, sha: str = "1") -> Update:
    return Update(ref=f"refs/heads/{branch}", before="", after=sha * 40)


async def test_queued_woken_told(forge: SqliteForge, visit: Visit, tmp_path: Path) -> None:
    runs = Told()
    runs.over.set()
    made = Pushes(Paths(tmp_path), forge, runs)
    assert [line async for line in made.received(visit, [update("main")])] == ["run 1", "live"]
    assert runs.woken == 1
    (row,) = forge.runs()
    assert (row.who, row.branch) == ("ada", "main")
    assert forge.audit()[0].detail == "main 1111111"


async def test_a_deletion_is_noted_and_followed_by_nothing(
    forge: SqliteForge, visit: Visit, tmp_path: Path
) -> None:
    made = Pushes(Paths(tmp_path), forge, Told())
    gone = Update(ref="refs/heads/old", before="1" * 40, after="")
    assert [line async for line in made.received(visit, [gone])] == []
    assert forge.audit()[0].what == "deleted"


async def test_who_leaves_ends_the_following(
    forge: SqliteForge, visit: Visit, tmp_path: Path
) -> None:
    runs = Told()
    made = Pushes(Paths(tmp_path), forge, runs)

    async def listen() -> None:
        async for line in made.received(visit, [update("main")]):
            assert line == "run 1"
            listening.set()

    listening = asyncio.Event()
    task = asyncio.create_task(listen())
    await listening.wait()
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.01)
    assert runs.closed == 1
    assert made._following == 0


async def test_an_ending_forge_lets_go(forge: SqliteForge, visit: Visit, tmp_path: Path) -> None:
    runs = Told()
    made = Pushes(Paths(tmp_path), forge, runs)
    said = []
    async for line in made.received(visit, [update("main")]):
        said.append(line)
        made.ending.set()
    assert said[0] == "run 1"
    assert said[1].startswith("The forge ends now. Run 1 is in the queue")
    assert runs.closed == 1


async def test_who_comes_late_is_not_kept(
    forge: SqliteForge, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushes, "FOLLOWERS", 0)
    made = Pushes(Paths(tmp_path), forge, Told())
    (line,) = [line async for line in made.received(visit, [update("main")])]
    assert line.startswith("Run 1 is in the queue: `rackhouse logs --run 1`")
