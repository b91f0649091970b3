"""Certificates: one node at a time, and none while a server is away. What nodes say is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.k3s.program import as_json
from rackhouse.kit.errors import HostError, NotReady, Refused
from rackhouse.operations.cluster import upkeep
from rackhouse.operations.cluster.reach import Reach, reach
from unit.operations.cluster.asked import house


class Machines:
    """What is asked of machines, in order; `down` are not ready, `sick` do not come back."""

    def __init__(self, down: str = "", sick: str = "") -> None:
        self.asked: list[str] = []
        self.down = down
        self.sick = sick

    async def ask(self, to: Reach, node: str, argv: tuple[str, ...], limit: float = 0) -> str:
        """Remember; answer as K3s does."""
        if "kubectl" in argv:
            rows = (("s-1", "server"), ("s-2", "server"), ("a-1", "agent"))
            nodes = [
                as_json({"name": n, "role": r, "version": "v1.34.1+k3s1", "ready": n != self.down})
                for n, r in rows
            ]
            return f'{{"items": [{", ".join(nodes)}]}}'
        self.asked.append(f"{node} {argv[-2]}" if "ready" in argv else f"{node} {argv[-1]}")
        if node == self.sick and "ready" in argv:
            raise HostError("it is not Ready")
        return ""


def _machines(monkeypatch: pytest.MonkeyPatch, **how: str) -> Machines:
    made = Machines(**how)

    async def ask(self: Reach, node: str, argv: tuple[str, ...], limit: float = 0) -> str:
        return await made.ask(self, node, argv, limit)

    monkeypatch.setattr(Reach, "ask", ask)
    monkeypatch.setattr(upkeep, "PATIENCE", 0.0)
    return made


async def test_each_is_ready_before_the_next_and_servers_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = _machines(monkeypatch)
    with house(tmp_path) as made:
        await upkeep.rotate(reach(made), lambda _: None)
    assert machines.asked == [
        "s-1 k3s", "s-1 ready", "s-2 k3s", "s-2 ready", "a-1 k3s-agent", "a-1 ready",
    ]  # fmt: skip


async def test_one_that_does_not_come_back_is_the_last_that_was_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = _machines(monkeypatch, sick="s-1")
    with house(tmp_path) as made, pytest.raises(NotReady, match="s-1: it is not Ready"):
        await upkeep.rotate(reach(made), lambda _: None)
    assert machines.asked == ["s-1 k3s", "s-1 ready"]


async def test_nothing_is_stopped_while_a_server_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = _machines(monkeypatch, down="s-2")
    with house(tmp_path) as made, pytest.raises(Refused, match="not ready: s-2"):
        await upkeep.rotate(reach(made), lambda _: None)
    assert machines.asked == []


async def test_an_agent_that_is_away_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines, said = _machines(monkeypatch, down="a-1"), []
    with house(tmp_path) as made:
        await upkeep.rotate(reach(made), said.append)
    assert not [each for each in machines.asked if each.startswith("a-1")]
    assert said[-1] == "a-1: is not ready, and left as it is"
