"""kill -9 of anything: nothing runs twice, nothing is lost, nobody else is hurt."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from rackhouse.supervisor import client, record, table
from rackhouse.supervisor.unit import Kind, Phase

from .conftest import Rig, gone, until


def test_a_service_that_is_killed_comes_back(rig: Rig) -> None:
    rig.unit("a")
    rig.start()
    first = rig.ready("a")
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: (s := rig.state("a")) and s.phase is Phase.READY and s.pid != first.pid)
    state = rig.state("a")
    assert state
    assert (state.restarts, state.exit_code) == (1, -signal.SIGKILL)


def test_after_kill_of_the_supervisor_its_children_live_on_and_are_adopted(rig: Rig) -> None:
    rig.unit("a")
    rig.unit("b", "echo $$; exec sleep 1000", probe={"alive": 1000.0}, start_timeout=2000.0)
    rig.start()
    ready, starting = rig.ready("a"), rig.phase("b", Phase.STARTING)
    rig.kill()
    assert client.running(rig.paths) is None
    time.sleep(0.1)
    assert table.look(ready.pid)
    second = rig.start()
    until(lambda: "b: adopted" in rig.log("supervisor"))
    assert rig.ready("a") == ready
    assert rig.phase("b", Phase.STARTING).pid == starting.pid
    os.kill(ready.pid, signal.SIGKILL)  # it is watched, though it is not the new one's child
    until(lambda: (s := rig.state("a")) and s.phase is Phase.READY and s.pid != ready.pid)
    assert client.running(rig.paths) == second


def test_killed_in_the_moment_of_starting_nothing_runs_twice(rig: Rig) -> None:
    for name in "abcdef":
        rig.unit(name)
    for pause in (0.0, 0.01, 0.02, 0.03, 0.05, 0.1):
        rig.start()
        time.sleep(pause)
        rig.kill()
    rig.start()
    for name in "abcdef":
        state = rig.ready(name)
        assert rig.processes(name) == [state.pid]


def test_what_changed_meanwhile_is_ended_in_its_own_way(rig: Rig) -> None:
    script = "trap 'echo bye; exit' INT; echo up; while :; do sleep 0.01; done"
    rig.unit("changed", script, stop_signal="SIGINT")
    rig.unit("removed", script, stop_signal="SIGINT")
    rig.start()
    pids = [rig.ready(name).pid for name in ("changed", "removed")]
    until(lambda: "up" in rig.log("changed") and "up" in rig.log("removed"))
    rig.kill()
    rig.unit("changed", digest="2")
    (rig.paths.units / "removed.json").unlink()
    rig.start()
    assert rig.ready("changed", digest="2").pid not in pids
    until(lambda: rig.state("removed") is None)
    assert gone(*pids)
    assert rig.log("changed") == rig.log("removed") == "up\nbye\n"


def test_what_died_meanwhile_is_started_and_what_it_left_is_cleaned_up(rig: Rig) -> None:
    rig.unit("a", "(setsid sleep 1000 &); exec sleep 1000")
    rig.start()
    main = rig.ready("a").pid
    until(lambda: len(rig.processes("a")) == 2)
    daemon = next(pid for pid in rig.processes("a") if pid != main)
    rig.kill()
    os.kill(main, signal.SIGKILL)
    assert table.look(daemon)
    rig.start()
    until(lambda: (s := rig.state("a")) and s.phase is Phase.READY and s.pid != main)
    assert gone(daemon)


def test_a_stranger_that_got_the_pid_is_left_alone(rig: Rig) -> None:
    unit = rig.unit("a")
    stranger = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    try:
        stat = Path(f"/proc/{stranger.pid}/stat").read_text()
        born = stat.rpartition(")")[2].split()[19]
        path = record.path_of(rig.paths.states, "a")
        path.parent.mkdir()
        stat = stat.replace(f" {born} ", f" {int(born) - 1} ")
        path.write_text(f"{stranger.pid}\n{record.tag(unit)}\n{stat}")
        record.path_of(rig.paths.states, "b").write_text(path.read_text())
        rig.start()
        assert rig.ready("a").pid != stranger.pid
        until(lambda: not record.path_of(rig.paths.states, "b").exists())
        rig.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_job_that_ends_while_no_supervisor_lives_is_not_run_again(rig: Rig) -> None:
    script = "echo ran; while [ ! -e go ]; do sleep 0.01; done; exit {}"
    rig.unit("good", script.format(0), kind=Kind.JOB)
    rig.unit("bad", script.format(3), kind=Kind.JOB)
    rig.unit("during", script.format(0).replace("go", "on"), kind=Kind.JOB)
    rig.start()
    until(lambda: all("ran" in rig.log(name) for name in ("good", "bad", "during")))
    rig.kill()
    (rig.paths.root / "go").touch()
    until(lambda: not rig.processes("good") and not rig.processes("bad"))
    rig.start()
    assert rig.phase("good", Phase.DONE).exit_code == 0
    assert rig.phase("bad", Phase.FAILED).why == "ended with 3"
    until(lambda: "during: adopted" in rig.log("supervisor"))
    (rig.paths.root / "on").touch()
    assert rig.phase("during", Phase.DONE).exit_code == 0  # adopted, and known nevertheless
    assert all(rig.log(name) == "ran\n" for name in ("good", "bad", "during"))


def test_a_daemon_of_a_service_goes_with_it(rig: Rig) -> None:
    rig.unit("a", "(setsid sleep 1000 &); (env -i sleep 1000 &); exec sleep 1000")
    rig.start()
    main = rig.ready("a").pid
    until(lambda: len(rig.processes("a")) == 2)
    everyone = [e.pid for e in table.scan().values() if e.session == main] + rig.processes("a")
    assert len(set(everyone)) == 3
    rig.remove("a")
    until(lambda: rig.state("a") is None)
    assert gone(*everyone)


def test_one_that_ignores_its_signal_is_killed_with_all_its_children(rig: Rig) -> None:
    rig.unit("a", "trap '' TERM; sh -c 'trap \"\" TERM; sleep 1000; :' & echo up; wait", grace=0.3)
    rig.start()
    rig.ready("a")
    until(lambda: "up" in rig.log("a"))
    pids = rig.processes("a")
    rig.stop()
    assert gone(*pids)
    assert "a: still there after 0.3 s, killed" in rig.log("supervisor")
