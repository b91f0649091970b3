"""kube-scheduler: a node for each pod, the emptiest that it fits; or the reasons, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.body import Body, at, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes import fit

# As 1.36 says it, of nodes on which no other pod is worth less.
_NO_HELP = "Preemption is not helpful for scheduling"
_NO_VICTIM = "No preemption victims found for incoming pod"
_UNFIT = "Unschedulable"


def step(cluster: Cluster) -> None:
    """Look at every pod without a node."""
    waiting = [
        it
        for it in cluster.store.all("pods")
        if not at(it, "spec", "nodeName") and not hand.leaving(it)
    ]
    for pod in sorted(waiting, key=lambda it: -(at(it, "spec", "priority") or 0)):
        _one(cluster, pod)


def _one(cluster: Cluster, pod: Body) -> None:
    nodes = list(cluster.store.all("nodes"))
    others = [
        it
        for it in cluster.store.all("pods")
        if at(it, "status", "phase") not in {"Succeeded", "Failed"}
    ]
    if why := _claims(cluster, pod):
        _pending(cluster, pod, f"0/{len(nodes)} nodes are available: {why}.")
        return
    reasons = {name_of(it): fit.why_not(pod, it, nodes, others) for it in nodes}
    free = [it for it in nodes if not reasons[name_of(it)]]
    if free:
        best = min(free, key=lambda it: (_used(it, others), name_of(it)))
        _bind(cluster, pod, name_of(best))
    elif nodes:
        _pending(cluster, pod, _counted(len(nodes), reasons.values()))
    else:
        _pending(cluster, pod, "no nodes available to schedule pods")


def _counted(nodes: int, reasons: Iterable[str]) -> str:
    counted = Counter(reasons)
    helpless = sum(count for why, count in counted.items() if why not in fit.RESOLVABLE)
    after = {_NO_HELP: helpless, _NO_VICTIM: nodes - helpless}
    return (
        f"0/{nodes} nodes are available: {_listed(counted)}. no new claims to deallocate,"
        f" preemption: 0/{nodes} nodes are available: {_listed(after)}."
    )


def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(sorted(f"{count} {why}" for why, count in counted.items() if count))


def _used(node: Body, others: list[Body]) -> Decimal:
    here = [it for it in others if at(it, "spec", "nodeName") == name_of(node)]
    return sum((fit.requests(it["spec"]).get("memory", Decimal(0)) for it in here), Decimal(0))


def _claims(cluster: Cluster, pod: Body) -> str:
    for name in fit.claims(pod):
        claim = cluster.store.get("persistentvolumeclaims", namespace_of(pod), name)
        if claim is None:
            return f'persistentvolumeclaim "{name}" not found'
        if at(claim, "status", "phase") == "Bound":
            continue
        kind = at(claim, "spec", "storageClassName")
        found = cluster.store.get("storageclasses.storage.k8s.io", "", kind) if kind else None
        if found is None or found["volumeBindingMode"] == "Immediate":
            return "pod has unbound immediate PersistentVolumeClaims"
    return ""


def _bind(cluster: Cluster, pod: Body, node: str) -> None:
    pod = hand.update(cluster, "pods", {**pod, "spec": {**pod["spec"], "nodeName": node}})
    conditions = hand.condition(cluster, pod, "PodScheduled", True, "")
    hand.status(cluster, "pods", pod, {**pod["status"], "conditions": conditions})
    name = f"{namespace_of(pod)}/{name_of(pod)}"
    message = f"Successfully assigned {name} to {node}"
    hand.event(cluster, pod, "Scheduled", message, warning=False)


def _pending(cluster: Cluster, pod: Body, why: str) -> None:
    conditions = hand.condition(cluster, pod, "PodScheduled", False, _UNFIT, why)
    hand.status(cluster, "pods", pod, {**pod["status"], "conditions": conditions})
    hand.event(cluster, pod, "FailedScheduling", why)
