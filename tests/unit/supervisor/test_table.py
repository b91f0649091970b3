"""The process table, from /proc and from psutil: the same answers."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

import psutil
import pytest

from rackhouse.supervisor import table

from .conftest import Start, gone


@pytest.fixture(params=["proc", "psutil"], autouse=True)
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "psutil":
        monkeypatch.setattr(table, "_has_proc", lambda: False)
    return str(request.param)


def test_tells_of_a_process_what_the_kernel_knows(start: Start) -> None:
    pid = start("sleep", "1000").pid
    entry = table.look(pid)
    assert entry is not None
    assert (entry.pid, entry.parent, entry.session) == (pid, os.getpid(), pid)
    assert table.birthday(entry) == pytest.approx(psutil.Process(pid).create_time(), abs=1.1)
    assert table.scan()[pid].born == entry.born
    me = table.look(os.getpid())
    assert me is not None
    assert me.rss > 1_000_000
    assert me.cpu == pytest.approx(sum(psutil.Process().cpu_times()[:4]), abs=1)


def test_the_dead_and_zombies_are_not_there(start: Start) -> None:
    process = start("true")
    deadline = time.monotonic() + 5
    while table.look(process.pid) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert process.returncode is None  # it was not reaped: a zombie
    assert table.is_zombie(process.pid)
    assert table.look(process.pid) is None
    assert process.pid not in table.scan()
    process.wait()
    assert table.look(process.pid) is None
    assert not table.is_zombie(process.pid)
    assert not table.is_zombie(os.getpid())


def test_finds_descendants(start: Start) -> None:
    process = start("sh", "-c", "sh -c 'sleep 1000; :' & sleep 1000; :")
    deadline = time.monotonic() + 5
    while len(found := table.below(table.scan(), [process.pid])) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert process.pid in found
    assert os.getpid() not in found
    assert table.below(table.scan(), [-1]) == set()


def test_reads_the_environment_that_a_process_began_with(start: Start) -> None:
    process = start("sleep", "1000", env={"MARK": "a=b c"})
    deadline = time.monotonic() + 5  # it has ours until it has become `sleep`
    while b"MARK=a=b c" not in table.environment(process.pid):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert table.environment(2**22 + 1) == ()


def test_signals_the_process_it_means_and_no_other(start: Start) -> None:
    process = start("sleep", "1000")
    entry = table.look(process.pid)
    assert entry is not None
    table.send(replace(entry, born=entry.born - 1), signal.SIGKILL)  # a stranger with its pid
    time.sleep(0.05)
    assert process.poll() is None
    table.send(entry, signal.SIGKILL)
    assert gone(process.pid)
    table.send(entry, signal.SIGKILL)  # gone is success


def test_signals_without_pidfd_too(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    test_signals_the_process_it_means_and_no_other(start)


def test_a_name_that_would_fool_a_careless_reader() -> None:
    stat = b"12 (a) R 1 (b) S 7 12 12 0 -1 0 0 0 0 0 100 200 300 400 20 0 1 0 5555 9 3 0"
    entry = table.parse(stat)
    assert entry is not None
    assert (entry.pid, entry.parent, entry.session, entry.born) == (12, 7, 12, 5555)
    assert entry.cpu == pytest.approx(1000 / os.sysconf("SC_CLK_TCK"))
    assert entry.rss == 3 * os.sysconf("SC_PAGE_SIZE")
    assert table.parse(stat.replace(b") S", b") Z")) is None
    assert table.parse(b"") is None
    assert table.parse(b"12 (a) S 7") is None
