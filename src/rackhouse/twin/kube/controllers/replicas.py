"""ReplicaSets: as many pods as they say."""

from __future__ import annotations

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.body import Body, at, name_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import pods


def step(cluster: Cluster) -> None:
    """Make or remove pods, and count them."""
    for it in hand.staying(cluster, pods.REPLICA_SETS):
        _one(cluster, it)


def _one(cluster: Cluster, it: Body) -> None:
    pods.adopt(cluster, "pods", it)
    wanted = at(it, "spec", "replicas") or 0
    found = pods.living(cluster, it)
    why = ""
    for _ in range(wanted - len(found)):
        why = pods.make(cluster, pods.pod(it["spec"]["template"], it, f"{name_of(it)}-"), it)
        if why:
            break
    # The server, too, takes those first that do not serve.
    for pod in sorted(found, key=hand.ready)[: max(0, len(found) - wanted)]:
        pods.remove(cluster, pod)
    _count(cluster, it, why)


def _count(cluster: Cluster, it: Body, why: str) -> None:
    found = pods.living(cluster, it)
    serving = sum(map(hand.ready, found))
    held = at(it, "status", "conditions") or []
    failing = any(each["type"] == "ReplicaFailure" for each in held)
    conditions = held if why else [each for each in held if each["type"] != "ReplicaFailure"]
    if why and not failing:
        conditions = hand.condition(cluster, it, "ReplicaFailure", True, "FailedCreate", why)
    status = {
        "replicas": len(found),
        "fullyLabeledReplicas": len(found) or None,
        "readyReplicas": serving or None,
        "availableReplicas": serving or None,
        "observedGeneration": at(it, "metadata", "generation"),
        "conditions": conditions or None,
    }
    hand.status(cluster, pods.REPLICA_SETS, it, status)
