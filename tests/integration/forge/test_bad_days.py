"""Pushes that are huge, cut, killed in every phase, or many at once: none is lost, none is half."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil
import pytest

from integration.forge.conftest import Client, Running
from rackhouse.delivery.repositories import change, folder_of
from rackhouse.store.forge import RunStatus

pytestmark = pytest.mark.slow

MB = 1_000_000


def eventually(check: Callable[[], object], timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while not check():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


def gits(running: Running, *words: str) -> list[psutil.Process]:
    """The processes below the forge whose command line has all of these words."""
    found = []
    for process in psutil.Process(running.process.pid).children(recursive=True):
        try:
            line = " ".join(process.cmdline())
        except psutil.NoSuchProcess:
            continue
        if all(word in line for word in words):
            found.append(process)
    return found


def whole(running: Running, ada: Client, name: str = "hello") -> None:
    """The repository is whole: git finds nothing wrong, and no quarantine lies in it for long."""
    ada.git("--git-dir", str(folder_of(running.paths, name)), "fsck", "--full", "--strict")


@contextmanager
def held(running: Running) -> Iterator[None]:
    """Whoever follows a run waits for the block."""
    hold = running.root / "hold"
    hold.touch()
    try:
        yield
    finally:
        hold.unlink(missing_ok=True)


class Peak:
    """The most memory that the forge and all below it took, in bytes, while it looked."""

    def __init__(self, running: Running) -> None:
        self.forge = self.gits = 0
        self._ends = threading.Event()
        self._pid = running.process.pid
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        forge = psutil.Process(self._pid)
        while not self._ends.wait(0.02):
            self.forge = max(self.forge, forge.memory_info().rss)
            total = 0
            for child in forge.children(recursive=True):
                try:
                    total += child.memory_full_info().uss
                except psutil.Error:
                    continue
            self.gits = max(self.gits, total)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()


def big(ada: Client, name: str, megabytes: int) -> Path:
    """A working folder with files that nobody can compress."""
    work = ada.work(name)
    for number in range(megabytes // 10):
        (work / f"{number}.bin").write_bytes(os.urandom(10 * MB))
    for number in range(100):  # git unpacks what has less than a hundred objects
        (work / f"{number}.txt").write_text(f"{number}\n")
    ada.commit(work, "big\n")
    return work


def test_a_huge_pack_passes_through_little_memory(running: Running, ada: Client) -> None:
    work = big(ada, "hello", 60)
    before = psutil.Process(running.process.pid).memory_info().rss
    with Peak(running) as peak:
        ada.git("push", "--quiet", "origin", "main", folder=work)
        ada.git("clone", "--quiet", ada.address("hello"), "copy")
    assert (ada.folder / "copy" / "5.bin").stat().st_size == 10 * MB
    assert peak.forge - before < 25 * MB
    assert peak.gits < 150 * MB
    whole(running, ada)


def test_a_push_over_the_quota_is_refused_while_it_arrives(running: Running, ada: Client) -> None:
    work = ada.work("hello")
    ada.git("push", "origin", "main", folder=work)
    change(running.store, running.paths, "hello", by="owner", now=1.0, quota=5 * MB)
    head = running.git("hello").head("refs/heads/main")
    (work / "big.bin").write_bytes(os.urandom(20 * MB))
    ada.commit(work, "big\n")
    said = ada.git("push", "origin", "main", folder=work, code=1)
    assert "pack exceeds maximum allowed size" in said
    assert running.git("hello").head("refs/heads/main") == head
    eventually(lambda: not quarantines(running))
    (work / "big.bin").unlink()
    ada.git("commit", "--all", "--quiet", "--amend", "--message=small", folder=work)
    ada.git("push", "origin", "main", folder=work)
    whole(running, ada)


def test_what_unpacks_to_more_than_the_quota_is_refused(running: Running, ada: Client) -> None:
    """Twenty files that differ in a byte are one file in a pack, and twenty in a repository."""
    work = ada.work("hello")
    ada.git("push", "origin", "main", folder=work)
    change(running.store, running.paths, "hello", by="owner", now=1.0, quota=5 * MB)
    content = os.urandom(MB)
    for number in range(20):
        (work / str(number)).write_bytes(content + bytes([number]))
    ada.commit(work, "alike\n")
    said = ada.git("push", "origin", "main", folder=work, code=1)
    assert "hello may take 5.0 MB, has" in said
    assert "fix: leave large files out" in said
    eventually(lambda: not quarantines(running))
    whole(running, ada)


def quarantines(running: Running) -> list[Path]:
    return list((folder_of(running.paths, "hello") / "objects").glob("tmp_objdir-*"))


def test_a_push_that_is_cut_leaves_nothing(running: Running, ada: Client) -> None:
    work = big(ada, "hello", 40)
    process = ada.start("push", "origin", "main", folder=work)
    eventually(lambda: running.store.repository("hello") and quarantines(running))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    eventually(lambda: not gits(running, "git"))
    assert quarantines(running) == []
    assert running.git("hello").heads() == {}
    ada.git("push", "origin", "main", folder=work)
    whole(running, ada)


@pytest.mark.parametrize(
    "victim",
    ["receive-pack", "index-pack", "http-backend"],
)
def test_git_is_killed_in_a_push(running: Running, ada: Client, victim: str) -> None:
    work = big(ada, "hello", 40)
    process = ada.start("push", "origin", "main", folder=work)
    eventually(lambda: gits(running, "index-pack"))
    for each in gits(running, victim):
        each.kill()
    process.communicate(timeout=100)
    arrived = running.git("hello").heads()
    assert bool(arrived) == (process.returncode == 0)
    # http-backend leaves large bodies to receive-pack, which does without it.
    assert not arrived or victim == "http-backend"
    ada.git("push", "origin", "main", folder=work)
    whole(running, ada)


def test_the_forge_is_killed_while_a_push_arrives(running: Running, ada: Client) -> None:
    work = big(ada, "hello", 40)
    process = ada.start("push", "origin", "main", folder=work)
    eventually(lambda: gits(running, "index-pack"))
    left = gits(running, "git")
    running.stop(signal.SIGKILL)
    process.communicate(timeout=100)
    assert process.returncode != 0
    psutil.wait_procs(left, timeout=60)
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in left)
    assert running.git("hello").heads() == {}
    running.start()
    ada.git("push", "origin", "main", folder=work)
    whole(running, ada)


def test_the_forge_is_killed_while_somebody_follows(running: Running, ada: Client) -> None:
    """The refs have moved and the run is in the queue: nothing is lost."""
    work = ada.work("hello")
    with held(running):
        process = ada.start("push", "origin", "main", folder=work)
        eventually(lambda: running.store.runs(repository="hello"))
        running.stop(signal.SIGKILL)
        process.communicate(timeout=100)
    head = ada.git("rev-parse", "HEAD", folder=work).strip()
    assert running.git("hello").heads() == {"refs/heads/main": head}
    (run,) = running.store.runs(repository="hello")
    assert run.status is RunStatus.WAITING
    running.start()
    ada.commit(work, "more\n")
    ada.git("push", "origin", "main", folder=work)


def test_the_forge_ends_soon_although_somebody_follows(running: Running, ada: Client) -> None:
    with held(running):
        process = ada.start("push", "origin", "main", folder=ada.work("hello"))
        eventually(lambda: running.store.runs(repository="hello"))
        time.sleep(0.2)
        running.stop(signal.SIGTERM)
        said, _ = process.communicate(timeout=100)
    assert process.returncode == 0, said
    assert "`rackhouse logs --run 1`" in said


def test_who_stops_following_has_pushed(running: Running, ada: Client) -> None:
    with held(running):
        process = ada.start("push", "origin", "main", folder=ada.work("hello"))
        eventually(lambda: running.store.runs(repository="hello"))
        os.killpg(process.pid, signal.SIGTERM)  # a background job of a shell ignores SIGINT
        process.communicate(timeout=100)
        eventually(lambda: not gits(running, "git"))
        eventually(lambda: not gits(running, "hook.py"))
    assert list(running.git("hello").heads()) == ["refs/heads/main"]
    assert len(running.store.runs(repository="hello")) == 1


def test_many_pushes_to_many_repositories_at_once(running: Running, ada: Client) -> None:
    works = [ada.work(f"r{number}") for number in range(12)]

    def push(work: Path) -> None:
        ada.git("push", "origin", "main", folder=work)

    with Peak(running) as peak, ThreadPoolExecutor(len(works)) as pool:
        for _ in range(3):
            list(pool.map(push, works))
            for work in works:
                ada.commit(work, f"{time.monotonic()}\n")
    for work in works:
        pushed = ada.git("rev-parse", "HEAD~", folder=work).strip()
        assert running.git(work.name).head("refs/heads/main") == pushed
        runs = running.store.runs(repository=work.name)
        assert [run.before for run in runs] == [runs[1].sha, runs[2].sha, ""]
    assert peak.forge < 120 * MB
    assert peak.gits < 400 * MB


def test_many_pushes_to_one_repository_at_once(running: Running, ada: Client) -> None:
    """Each to its own branch arrives; of those to the same one, one, and the others are told."""
    first = ada.work("hello")
    ada.git("push", "origin", "main", folder=first)
    works = []
    for number in range(8):
        ada.git("clone", "--quiet", ada.address("hello"), f"copy{number}")
        works.append(ada.folder / f"copy{number}")
        ada.commit(works[-1], f"{number}\n")

    def push(work: Path, ref: str) -> int:
        process = ada.start("push", "origin", f"HEAD:refs/heads/{ref}", folder=work)
        process.communicate(timeout=200)
        return process.returncode

    with ThreadPoolExecutor(len(works)) as pool:
        own = list(pool.map(push, works, [work.name for work in works]))
        same = list(pool.map(push, works, ["main"] * len(works)))
    assert own == [0] * len(works)
    assert sorted(same) == [0, *[1] * (len(works) - 1)]
    heads = running.git("hello").heads()
    winner = ada.git("rev-parse", "HEAD", folder=works[same.index(0)]).strip()
    assert heads["refs/heads/main"] == winner
    assert len(heads) == 1 + len(works)
    whole(running, ada)


def test_more_follow_than_there_are_places(running: Running, ada: Client) -> None:
    """Terminals that wait keep nobody from pushing, and memory bounded."""
    works = [ada.work(f"r{number}") for number in range(28)]
    with held(running):
        waiting = [ada.start("push", "origin", "main", folder=work) for work in works]
        eventually(lambda: len(running.store.runs(limit=100)) == len(works), 120)
        eventually(lambda: sum(each.poll() is not None for each in waiting) == 4)
        at_once = [each for each in waiting if each.poll() is not None]
    for each in waiting:
        said, _ = each.communicate(timeout=100)
        assert each.returncode == 0
        assert ("many follow theirs just now" in said) == (each in at_once), said


def test_a_client_that_stands_still_keeps_nobody_out(running: Running, ada: Client) -> None:
    work = big(ada, "slow", 40)
    stalled = ada.start("push", "origin", "main", folder=work)
    eventually(lambda: gits(running, "index-pack"))
    os.killpg(stalled.pid, signal.SIGSTOP)
    try:
        ada.git("push", "origin", "main", folder=ada.work("hello"))
    finally:
        os.killpg(stalled.pid, signal.SIGKILL)
        stalled.communicate()


def test_memory_at_rest_is_small(running: Running, ada: Client) -> None:
    for number in range(5):
        ada.git("push", "origin", f"main:b{number}", folder=_once(ada))
    lines = Path(f"/proc/{running.process.pid}/smaps_rollup").read_text().splitlines()
    pss = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    assert pss < 40_000  # kB


def _once(ada: Client) -> Path:
    work = ada.folder / "hello"
    return work if work.exists() else ada.work("hello")


def test_no_process_and_no_file_stays_behind(running: Running, ada: Client) -> None:
    ada.git("push", "origin", "main", folder=ada.work("hello"))
    ada.git("clone", "--quiet", ada.address("hello"), "copy")
    eventually(lambda: not psutil.Process(running.process.pid).children(recursive=True))
    folders = {path.name for path in running.root.iterdir()}
    assert folders <= {
        "repositories",
        "files",
        "forge.log",
        "store.db",
        "store.db-shm",
        "store.db-wal",
    }
