"""Units start after what they need, and stop before it."""

from __future__ import annotations

import time

from rackhouse.supervisor import client
from rackhouse.supervisor.unit import Kind, Phase

from .conftest import Rig, until

SAY = "trap 'echo {0} >> ../ended; exit' TERM; echo {0} >> ../began; while :; do sleep 0.01; done"


def lines(rig: Rig, name: str) -> list[str]:
    path = rig.paths.root.parent / name
    return path.read_text().split() if path.exists() else []


def test_in_order_up_and_in_the_opposite_order_down(rig: Rig) -> None:
    rig.unit("web", SAY.format("web"), after=("migrate", "cache"))
    rig.unit("migrate", "echo migrate >> ../began", kind=Kind.JOB, after=("db",))
    rig.unit("db", SAY.format("db"), probe={"alive": 0.3})
    rig.unit("cache", SAY.format("cache"))
    rig.start()
    rig.ready("web")
    began = lines(rig, "began")
    assert sorted(began[:2]) == ["cache", "db"]
    assert began[2:] == ["migrate", "web"]
    until(lambda: lines(rig, "began")[-1] == "web")
    rig.stop()
    ended = lines(rig, "ended")
    assert ended[0] == "web"
    assert sorted(ended[1:]) == ["cache", "db"]
    phases = {name: state.phase for name, state in client.read_states(rig.paths).items()}
    assert phases == {
        "web": Phase.STOPPED, "db": Phase.STOPPED, "cache": Phase.STOPPED, "migrate": Phase.DONE,
    }  # fmt: skip


def test_what_is_independent_stops_at_the_same_time(rig: Rig) -> None:
    for name in "abcd":
        rig.unit(name, "trap 'sleep 0.5; exit' TERM; echo up; while :; do sleep 0.01; done")
    rig.start()
    for name in "abcd":
        until(lambda name=name: "up" in rig.log(name))  # type: ignore[misc]
        rig.ready(name)
    began = time.monotonic()
    rig.stop()
    assert time.monotonic() - began < 1.9


def test_a_dependency_that_comes_later_is_waited_for(rig: Rig) -> None:
    rig.unit("web", after=("db",))
    rig.start()
    until(lambda: (s := rig.state("web")) and s.why == "waiting for db (no such unit)")
    rig.unit("db")
    rig.ready("web")


def test_whoever_waits_for_itself_is_told_so(rig: Rig) -> None:
    rig.unit("a", after=("b",))
    rig.unit("b", after=("a",))
    rig.unit("c", "true", kind=Kind.JOB)
    rig.start()
    rig.phase("c", Phase.DONE)
    until(lambda: (s := rig.state("a")) and s.why == "it waits for itself: a, b, a")
    assert rig.processes("a") == []
    rig.unit("b")
    client.poke(rig.paths)
    rig.ready("a")


def test_removed_together_they_go_in_order_too(rig: Rig) -> None:
    rig.unit("db", SAY.format("db"))
    rig.unit("web", SAY.format("web"), after=("db",))
    rig.start()
    rig.ready("web")
    until(lambda: len(lines(rig, "began")) == 2)
    for name in ("db", "web"):
        (rig.paths.units / f"{name}.json").unlink()
    until(lambda: not client.read_states(rig.paths))
    assert lines(rig, "ended") == ["web", "db"]
