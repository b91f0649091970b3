"""Who is asked, in which order, and what is made of the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.k3s.program import as_json
from rackhouse.kit.errors import HostError, Missing, Unavailable
from rackhouse.operations.cluster.nodes import read
from rackhouse.operations.cluster.reach import Reach, reach
from unit.operations.cluster.asked import RACK, house

SERVER = {"name": "s-1", "role": "server", "version": "v1.34.1+k3s1", "ready": True}
AGENT = {"name": "old", "role": "agent", "version": "v1.33.0+k3s1", "ready": False}


def test_nodes_are_read_as_kubectl_prints_them() -> None:
    text = '{"items": [' + as_json(AGENT | {"unschedulable": True}) + ", " + as_json(SERVER) + "]}"
    server, agent = read(text, ["s-1"])
    assert (server.role, server.ready, server.cordoned, server.joined) == (
        "server", True, False, True,
    )  # fmt: skip
    assert (agent.role, agent.ready, agent.cordoned, agent.joined) == ("agent", False, True, False)
    assert agent.version == "v1.33.0+k3s1"


@pytest.mark.parametrize("text", ["", "No resources found", "[]", '{"items": [{}]}'])
def test_what_is_no_list_of_nodes_is_said(text: str) -> None:
    with pytest.raises(HostError, match="no list of nodes"):
        read(text, [])


async def test_servers_are_asked_in_turn_and_all_their_answers_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def ask(self: Reach, node: str, argv: tuple[str, ...], limit: float = 0) -> str:
        asked.append(node)
        if node == "s-1" or "never" in argv:
            raise HostError(f"{node} has no K3s")
        return "answer"

    monkeypatch.setattr(Reach, "ask", ask)
    with house(tmp_path) as made:
        to = reach(made)
        assert [node.name for node in to.nodes] == ["s-1", "s-2", "a-1"]  # s-3 has not joined
        assert await to.ask_any(("k3s",)) == ("s-2", "answer")
        with pytest.raises(Unavailable, match=r"s-1 has no K3s\n.*s-2 has no K3s"):
            await to.ask_any(("never",))
        with pytest.raises(Missing, match="s-3 is no node of home that has joined"):
            to.node("s-3")
    assert asked == ["s-1", "s-2"] * 2


def test_which_cluster_is_meant(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        assert reach(made).cluster.name == reach(made, "home").cluster.name == "home"
        with pytest.raises(Missing, match="no cluster 'hone'"):
            reach(made, "hone")
    drawn = RACK[: RACK.index("    k3s:")]
    with house(tmp_path, drawn) as made, pytest.raises(Missing, match="has `k3s`"):
        reach(made)
