"""The supervisor as others meet it: a daemon, one per state folder, told what to do by files."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from rackhouse.kit.errors import CrashLoop, HostError, NotReady, StepFailed, Unavailable
from rackhouse.kit.files import write_atomic
from rackhouse.kit.paths import Paths
from rackhouse.supervisor import client, logs
from rackhouse.supervisor.tree import MARK, mark
from rackhouse.supervisor.unit import Kind, Phase, State

from .conftest import Rig, gone, until


def test_starts_once_and_stops(rig: Rig) -> None:
    assert client.running(rig.paths) is None
    client.stop(rig.paths)
    client.poke(rig.paths)
    pid = rig.start()
    assert rig.start() == client.running(rig.paths) == pid
    assert rig.paths.supervisor_lock.read_text().split()[0] == str(pid)
    assert os.getsid(pid) == pid
    rig.stop()
    assert client.running(rig.paths) is None
    assert gone(pid)


def test_a_second_one_says_so_and_ends_with_4(rig: Rig) -> None:
    pid = rig.start()
    second = subprocess.run(
        [sys.executable, "-m", "rackhouse.supervisor", str(rig.paths.root)],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert second.returncode == 4
    assert f"a supervisor is running already, with pid {pid}" in second.stderr
    assert "fix: " in second.stderr
    assert client.running(rig.paths) == pid


async def test_many_that_start_at_once_are_one(rig: Rig) -> None:
    pids = await asyncio.gather(*(asyncio.to_thread(rig.start) for _ in range(4)))
    assert len(set(pids)) == 1


def test_says_how_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rackhouse.supervisor"],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 64
    assert "usage" in done.stderr


def test_a_state_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "rack").touch()
    with pytest.raises(HostError, match=r"exists|not a directory"):
        client.start(Paths(tmp_path / "rack" / "x"))


def test_notices_a_new_file_by_itself_and_at_once_when_poked(rig: Rig) -> None:
    rig.start()
    began = time.monotonic()
    rig.unit("a")
    rig.ready("a")
    assert time.monotonic() - began < 2
    rig.unit("b")
    client.poke(rig.paths)
    rig.ready("b")


def test_everything_it_writes_is_private(rig: Rig) -> None:
    rig.unit("a", "echo up > file; exec sleep 1000")
    rig.start()
    rig.ready("a")
    until((rig.paths.root / "file").exists)
    for path in [rig.paths.root, *rig.paths.root.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_file_that_is_no_unit_is_kept_out_and_the_others_go_on(rig: Rig) -> None:
    rig.paths.units.joinpath("bad.json").write_text("{")
    rig.unit("a")
    rig.start()
    first = rig.ready("a")
    bad = rig.phase("bad", Phase.FAILED, digest="")
    assert bad.why.startswith("bad.json cannot be used: ")
    write_atomic(rig.paths.units / "a.json", '{"name": "b"}')  # a good one that is spoilt runs on
    until(lambda: (s := rig.state("a")) and "cannot be used" in s.why)
    state = rig.state("a")
    assert state
    assert (state.phase, state.pid) == (Phase.READY, first.pid)
    rig.unit("a")
    rig.unit("bad")
    rig.ready("bad")
    until(lambda: (s := rig.state("a")) and s.why == "")
    assert rig.ready("a").pid == first.pid
    rig.paths.units.joinpath("worse.json").write_text("{")
    rig.phase("worse", Phase.FAILED, digest="")
    rig.remove("worse")
    until(lambda: rig.state("worse") is None)


def test_a_folder_that_cannot_be_read_is_no_reason_to_stop_anything(rig: Rig) -> None:
    rig.unit("a")
    rig.start()
    first = rig.ready("a")
    rig.paths.units.rename(rig.paths.root / "elsewhere")
    client.poke(rig.paths)
    until(lambda: "No such file" in rig.log("supervisor"))
    (rig.paths.root / "elsewhere").rename(rig.paths.units)
    rig.unit("b")
    rig.ready("b")
    assert rig.ready("a") == first


def test_a_changed_unit_is_started_anew_and_a_removed_one_goes(rig: Rig) -> None:
    rig.unit("a")
    rig.start()
    first = rig.ready("a")
    rig.unit("a", stamp="another")  # the same digest
    client.poke(rig.paths)
    time.sleep(0.1)
    assert rig.ready("a").pid == first.pid
    rig.unit("a", digest="2")
    client.poke(rig.paths)
    assert rig.ready("a", digest="2").pid != first.pid
    assert gone(first.pid)
    rig.remove("a")
    until(lambda: rig.state("a") is None)
    assert rig.processes() == []


def test_a_job_runs_once_whatever_happens_and_again_when_it_is_forgotten(rig: Rig) -> None:
    rig.unit("j", "echo ran; exit $(wc -l < ../fails)", kind=Kind.JOB)
    (rig.paths.root.parent / "fails").write_text("\n")
    rig.start()
    rig.phase("j", Phase.FAILED)
    rig.stop()
    rig.start()
    rig.unit("other")
    rig.ready("other")
    assert rig.log("j") == "ran\n"
    (rig.paths.root.parent / "fails").write_text("")
    client.forget(rig.paths, "j")
    rig.phase("j", Phase.DONE)
    rig.kill()
    rig.start()
    client.poke(rig.paths)
    rig.unit("another")
    rig.ready("another")
    assert rig.log("j") == "ran\n" * 2


def test_a_full_log_is_rotated_while_it_is_written(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "x" * 999
    rig.unit("a", f"while :; do echo {line}; done")
    rig.start()
    rig.ready("a")
    elder = rig.paths.logs / "a.log.1"
    until(elder.exists)
    until(lambda: logs.size(elder) == logs.LIMIT)
    assert set(elder.read_text().splitlines()[1:-1]) == {line}
    rig.remove("a")
    until(lambda: rig.state("a") is None)


def test_without_its_folder_it_goes_too(rig: Rig) -> None:
    rig.unit("a")
    pid = rig.start()
    child = rig.ready("a").pid
    shutil.rmtree(rig.paths.root)
    assert gone(pid, child)
    rig.paths.states.mkdir(parents=True)


def test_hang_up_in_its_first_moment_does_not_kill_it(rig: Rig) -> None:
    pid = rig.start()
    for _ in range(20):
        client.poke(rig.paths)
        time.sleep(0.002)
    rig.unit("a")
    rig.ready("a")
    assert client.running(rig.paths) == pid


def test_in_the_foreground_the_keyboard_stops_it_cleanly(rig: Rig) -> None:
    rig.unit("a")
    argv = [sys.executable, "-m", "rackhouse.supervisor", str(rig.paths.root)]
    supervisor = subprocess.Popen(argv, umask=0o022)
    child = rig.ready("a").pid
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(20) == 0
    assert gone(child)
    assert stat.S_IMODE((rig.paths.logs / "supervisor.log").stat().st_mode) == 0o600


def test_started_from_within_a_unit_it_is_not_part_of_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MARK, mark(rig.paths.root, "a"))
    rig.unit("a")
    pid = rig.start()
    rig.ready("a")
    assert pid not in rig.processes("a")


async def test_what_was_ready_before_a_reboot_is_not_taken_for_ready(rig: Rig) -> None:
    rig.unit("a", probe={"alive": 1000.0})
    rig.paths.states.mkdir()
    before = State(name="a", digest="1", phase=Phase.READY, pid=4194305)
    (rig.paths.states / "a.json").write_text(before.to_json())
    rig.start()
    state = rig.state("a")
    assert state
    assert state.phase in (Phase.WAITING, Phase.STARTING)


async def test_waiting_for_a_unit(rig: Rig) -> None:
    rig.start()
    with pytest.raises(NotReady, match=r"a is not known to the supervisor after 0.2 s"):
        await client.wait_for(rig.paths, "a", "1", {Phase.READY}, 0.2)
    rig.unit("a")
    state = await client.wait_for(rig.paths, "a", "1", {Phase.READY}, 10)
    assert state == rig.state("a")
    with pytest.raises(NotReady):
        await client.wait_for(rig.paths, "a", "2", {Phase.READY}, 0.2)
    rig.remove("a")
    await client.wait_until_gone(rig.paths, "a", 10)


async def test_waiting_says_what_it_waits_for(rig: Rig) -> None:
    rig.unit("slow", probe={"command": ["sh", "-c", "echo loading; false"]})
    rig.start()
    said: list[str] = []
    with pytest.raises(NotReady, match=r"slow is starting after .*: the probe sh .* loading"):
        await client.wait_for(rig.paths, "slow", "1", {Phase.READY}, 1.5, said.append)
    assert len(said) == 1
    assert re.fullmatch(r"waiting for slow \(1\.. s\): the probe sh ends with 1: loading", said[0])


async def test_waiting_for_what_is_broken_ends_at_once(rig: Rig) -> None:
    rig.unit("j", "echo no disk; exit 3", kind=Kind.JOB)
    rig.unit("a", "echo no table; exit 3")
    rig.start()
    with pytest.raises(StepFailed, match="j failed: ended with 3: no disk") as caught:
        await client.wait_for(rig.paths, "j", "1", {Phase.DONE}, 10)
    assert str(rig.paths.logs / "j.log") in caught.value.fix
    with pytest.raises(CrashLoop, match=r"a keeps ending: ended with 3: no table \(5 ends"):
        await client.wait_for(rig.paths, "a", "1", {Phase.READY}, 10)
    began = rig.log("a").count("no table")
    client.forget(rig.paths, "a")
    until(lambda: rig.log("a").count("no table") > began)


async def test_waiting_where_no_supervisor_runs(rig: Rig) -> None:
    with pytest.raises(Unavailable, match="not running") as caught:
        await client.wait_for(rig.paths, "a", "1", {Phase.READY}, 0.5)
    assert "rackhouse up" in caught.value.fix


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has no root to leave")
def test_where_we_are_root_a_unit_can_be_without(rig: Rig) -> None:
    rig.unit("a", "id -u; touch mine; exec sleep 1000", unprivileged=True)
    rig.unit("b", "id -u; exec sleep 1000")
    rig.start()
    pid = rig.ready("a").pid
    rig.ready("b")
    until(lambda: rig.log("a") == "1000\n" and rig.log("b") == "0\n")
    assert (rig.paths.root / "mine").stat().st_uid == 0
    os.kill(pid, signal.SIGKILL)
    until(lambda: rig.log("a") == "1000\n" * 2)


def test_at_rest_it_costs_next_to_nothing(rig: Rig) -> None:
    for name in "abcdefgh":
        rig.unit(name)
    rig.unit("t", kind=Kind.TIMER, schedule="0 3 * * *")
    pid = rig.start()
    for name in "abcdefgh":
        rig.ready(name)
    me = psutil.Process(pid)
    time.sleep(0.5)  # what is needed once
    before = sum(me.cpu_times()[:2])
    time.sleep(4)
    assert (sum(me.cpu_times()[:2]) - before) / 4 < 0.01
    assert me.memory_info().rss < 25_000_000
    assert all(state.rss for name, state in client.read_states(rig.paths).items() if name != "t")
