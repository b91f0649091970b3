"""The nodes of a cluster: who is in, and who takes work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rackhouse.kit.errors import HostError
from rackhouse.operations.cluster.reach import Reach

GRACE = 600  # seconds that a drain waits
_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeState:
    """One node, as the cluster knows it."""

    name: str
    role: str  # server | agent
    version: str
    ready: bool
    cordoned: bool
    joined: bool  # it is a node of the rack file's cluster


async def nodes(reach: Reach) -> Sequence[NodeState]:
    """All that are in, by name."""
    return read(await reach.kubectl("get", "nodes", "-o", "json"), reach.cluster.nodes)


def read(text: str, named: Sequence[str]) -> Sequence[NodeState]:
    """From what `kubectl get nodes -o json` prints. HostError when it is something else."""
    try:
        found = [_state(item, named) for item in json.loads(text)["items"]]
    except (ValueError, KeyError, TypeError) as error:
        what = "`kubectl get nodes` printed something that is no list of nodes"
        raise HostError(what, fix="try it on a server: k3s kubectl get nodes") from error
    return sorted(found, key=lambda node: (node.role != "server", node.name))


async def drain(reach: Reach, node: str) -> str:
    """Give away what runs there; it takes no more work until `uncordon`."""
    argv = ("--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={GRACE}s")
    return await reach.kubectl("drain", reach.node(node).name, *argv, limit=GRACE + 60.0)


async def uncordon(reach: Reach, node: str) -> str:
    """Let it take work again."""
    return await reach.kubectl("uncordon", reach.node(node).name)


def _state(item: dict[str, Any], named: Sequence[str]) -> NodeState:
    status, labels = item["status"], item["metadata"].get("labels", {})
    ready = (each["status"] for each in status["conditions"] if each["type"] == "Ready")
    name = item["metadata"]["name"]
    return NodeState(
        name=name,
        role="server" if _CONTROL_PLANE in labels else "agent",
        version=status["nodeInfo"]["kubeletVersion"],
        ready=next(ready, "") == "True",
        cordoned=bool(item["spec"].get("unschedulable")),
        joined=name in named,
    )
