"""A node of the twin: what it has, and whether it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.cluster import Cluster

_VERSION = "v1.37.0+k3s1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`memory` and `cpu` are quantities. A taint is `key=value:Effect` or `key:Effect`."""

    name: str
    arch: str = "arm64"
    memory: str = "8Gi"
    cpu: str = "4"
    address: str = "10.20.30.1"
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[str] = ()
    extra: Mapping[str, str] = field(default_factory=dict)  # nvidia.com/gpu: "1"


def join(cluster: Cluster, node: Node) -> None:
    """It registers, and is ready."""
    labels = {
        "kubernetes.io/arch": node.arch,
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        **node.labels,
    }
    body: Body = {
        "metadata": {"name": node.name, "labels": labels},
        "spec": {"taints": [_taint(it) for it in node.taints]} if node.taints else {},
    }
    held = hand.create(cluster, "nodes", body)
    room = {"cpu": node.cpu, "memory": node.memory, "pods": "110", **node.extra}
    status = {
        "addresses": [
            {"type": "InternalIP", "address": node.address},
            {"type": "Hostname", "address": node.name},
        ],
        "allocatable": room,
        "capacity": room,
        "conditions": hand.condition(
            cluster, held, "Ready", True, "KubeletReady", "kubelet is posting ready status"
        ),
        "nodeInfo": _info(node.arch),
    }
    hand.status(cluster, "nodes", held, status)


def _info(arch: str) -> Body:
    names = ("bootID", "kernelVersion", "kubeProxyVersion", "machineID", "osImage", "systemUUID")
    known = {
        "architecture": arch,
        "containerRuntimeVersion": "containerd://2.1.0",
        "kubeletVersion": _VERSION,
        "operatingSystem": "linux",
    }
    return {**dict.fromkeys(names, "twin"), **known}


def _taint(said: str) -> Body:
    rest, _, effect = said.rpartition(":")
    key, _, value = rest.partition("=")
    return {"key": key, "effect": effect} | ({"value": value} if value else {})


def lose(cluster: Cluster, name: str) -> None:
    """It answers no more: what the node controller writes when a machine is silent."""
    held = cluster.store.get("nodes", "", name)
    assert held is not None, f"{name} never joined"
    why = "Kubelet stopped posting node status."
    conditions = hand.condition(cluster, held, "Ready", None, "NodeStatusUnknown", why)
    held = hand.status(cluster, "nodes", held, {**held["status"], "conditions": conditions})
    taints = [
        {"key": "node.kubernetes.io/unreachable", "effect": effect, "timeAdded": cluster.time()}
        for effect in ("NoSchedule", "NoExecute")
    ]
    hand.update(cluster, "nodes", {**held, "spec": {**held.get("spec", {}), "taints": taints}})


def ready(node: Body) -> bool:
    """Whether it is there."""
    conditions = node.get("status", {}).get("conditions") or ()
    return any(it["type"] == "Ready" and it["status"] == "True" for it in conditions)
