"""`apply` over machines, killed at every step: the next one goes on, and ends in the same state.

By the command line, on a twin whose nodes systemd booted, with the fake of K3s. What is killed is
the command with all its processes, or the agent on a node. In the usual profile one apply is killed
again and again, at every step of one node and then of an upgrade; RACKHOUSE_THOROUGH=1 also kills
at every step of all nodes, each on a fresh twin, and agents. Power that is cut: bad days.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import eventually
from e2e.rehearsing import (
    FIRST,
    NEXT,
    PATIENCE,
    Goals,
    Rehearsal,
    absences,
    drafts,
    kill,
    picture,
    rehearsing,
    together,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin"), pytest.mark.timeout(1200)]

THOROUGH = bool(os.environ.get("RACKHOUSE_THOROUGH"))
BEGUN, ENDED = frozenset({"running", "done", "skipped"}), frozenset({"done", "skipped"})
hours = pytest.mark.timeout(9000)
thorough = pytest.mark.skipif(not THOROUGH, reason="an hour: RACKHOUSE_THOROUGH=1")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path, "server", "server", "server") as rack:
        yield rack


def test_killed_again_and_again(servers: Rehearsal) -> None:
    straight = _straight(servers)
    servers.up()
    middle = [id for id in servers.plan()[0] if id.startswith("host.pi-2/")]
    assert _kill_at_each(servers, middle) > len(middle) / 2
    _is_whole(servers)
    assert _pictures(servers) == straight

    servers.write(NEXT)
    steps, _ = servers.plan()
    assert {id.split("/")[0] for id in steps} == {f"host.{node}" for node in servers.names}
    assert _kill_at_each(servers, steps) > len(steps) / 2
    assert all(absences(servers, node) for node in servers.names)
    _is_whole(servers, NEXT)


@thorough
@hours
@pytest.mark.parametrize("others", ["server", "agent"])
@pytest.mark.parametrize("at", [BEGUN, ENDED], ids=["begun", "ended"])
def test_killed_once_at_every_step(at: frozenset[str], others: str, tmp_path: Path) -> None:
    with rehearsing(tmp_path, "server", others, others) as rack:
        straight = _straight(rack)
        rack.up()
        steps, _ = rack.plan()
        rack.down()
        for id in steps:
            rack.up()
            assert _killed(rack, {id: at}) == id
            rack.apply()
            _is_whole(rack)
            assert _pictures(rack) == straight, id
            rack.down()


@thorough
@hours
def test_the_agent_is_killed_at_every_step(servers: Rehearsal) -> None:
    straight = _straight(servers)
    servers.up()
    steps = [id for id in servers.plan()[0] if id.startswith("host.")]
    goals, hits = dict.fromkeys(steps, BEGUN), 0
    while more := _hit(servers, goals):
        hits += more
    assert hits > len(steps) / 2
    _is_whole(servers)
    assert _pictures(servers) == straight


def _hit(rack: Rehearsal, goals: Goals) -> int:
    """Kill the agent at each of those steps that one apply comes to; how many. What was asked for
    once more was not lost, so the apply may come to its end all the same.
    """
    command, hits = rack.begin(), 0
    while id := until(command, rack, goals):
        del goals[id]
        hits += 1
        rack.kill_agents(id.split("/")[0].removeprefix("host."))
    _, said = command.communicate(timeout=PATIENCE)
    assert "Traceback" not in said, said
    assert hits or command.returncode == 0, said
    return hits


def _straight(rack: Rehearsal) -> dict[str, dict[str, str]]:
    """What an apply makes that nobody kills."""
    rack.up()
    rack.apply()
    found = _pictures(rack)
    rack.down()
    return found


def _pictures(rack: Rehearsal) -> dict[str, dict[str, str]]:
    return {node: picture(rack, node) for node in rack.names}


def _kill_at_each(rack: Rehearsal, steps: list[str]) -> int:
    """Kill an apply when a step begins or, in turn, when it has ended; the next one goes on to
    another step. Until one comes to its end; answers how many were killed. A step that a killed
    apply ended without saying so is none of the next one's.
    """
    goals = {id: ENDED if n % 2 else BEGUN for n, id in enumerate(steps)}
    kills = 0
    while id := _killed(rack, goals):
        kills += 1
        del goals[id]
    return kills


def _killed(rack: Rehearsal, goals: Goals) -> str:
    """The step at which it was killed; "" when it came to its end."""

    command = rack.begin()
    try:
        id = until(command, rack, goals)
    finally:
        kill(command)
    assert id or command.returncode == 0, command.returncode
    return id


def _is_whole(rack: Rehearsal, version: str = FIRST) -> None:
    """All is there, nothing is left over, and no two nodes were away at one moment."""
    assert rack.plan() == ([], [])
    assert drafts(rack) == []
    assert together(rack) == []
    eventually(lambda: not any(map(rack.agents, rack.names)))
    assert rack.nodes() == dict.fromkeys(rack.names, ("Ready", version))
