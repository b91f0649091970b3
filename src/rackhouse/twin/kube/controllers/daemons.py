"""DaemonSets: a pod on every node that may have one."""

from __future__ import annotations

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.body import Body, at, name_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import pods
from rackhouse.twin.kube.nodes import fit

_RESOURCE = "daemonsets.apps"
_REVISION = "controller-revision-hash"
_ALWAYS = [
    {"key": f"node.kubernetes.io/{it}", "operator": "Exists", "effect": "NoExecute"}
    for it in ("not-ready", "unreachable")
] + [
    {"key": f"node.kubernetes.io/{it}", "operator": "Exists", "effect": "NoSchedule"}
    for it in ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")
]


def step(cluster: Cluster) -> None:
    """Make and remove pods, one node after the other."""
    for it in hand.staying(cluster, _RESOURCE):
        _one(cluster, it)


def _one(cluster: Cluster, it: Body) -> None:
    pods.adopt(cluster, "pods", it)
    template = it["spec"]["template"]
    spec = dict(template["spec"])
    spec["tolerations"] = [*(spec.get("tolerations") or ()), *_ALWAYS]
    revision = pods.fingerprint(template)
    nodes = [name_of(node) for node in cluster.store.all("nodes") if fit.may_run(spec, node)]
    found = {_node(pod): pod for pod in pods.living(cluster, it)}
    for node in nodes:
        if node not in found and not _leaves(cluster, it, node):
            body = pods.pod(template, it, f"{name_of(it)}-", **{_REVISION: revision})
            pods.make(cluster, {**body, "spec": _bound(spec, node)}, it)
    for node, pod in found.items():
        if node not in nodes:
            pods.remove(cluster, pod)
    _replace(cluster, list(found.values()), revision)
    _count(cluster, it, nodes, revision)


def _bound(spec: Body, node: str) -> Body:
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    affinity = {"requiredDuringSchedulingIgnoredDuringExecution": terms}
    return {**spec, "affinity": {**(spec.get("affinity") or {}), "nodeAffinity": affinity}}


def _node(pod: Body) -> str:
    """Where it is, or shall be."""
    how = "requiredDuringSchedulingIgnoredDuringExecution"
    terms = at(pod, "spec", "affinity", "nodeAffinity", how, "nodeSelectorTerms") or [{}]
    fields = terms[0].get("matchFields") or [{"values": [""]}]
    return str(fields[0]["values"][0])


def _leaves(cluster: Cluster, it: Body, node: str) -> bool:
    return any(hand.leaving(pod) and _node(pod) == node for pod in hand.owned(cluster, "pods", it))


def _replace(cluster: Cluster, found: list[Body], revision: str) -> None:
    """One at a time, when the others serve."""
    old = [pod for pod in found if at(pod, "metadata", "labels", _REVISION) != revision]
    idle = [pod for pod in found if not hand.ready(pod)]
    if old and all(pod in old for pod in idle):
        pods.remove(cluster, (idle or old)[0])


def _count(cluster: Cluster, it: Body, nodes: list[str], revision: str) -> None:
    found = pods.living(cluster, it)
    serving = sum(map(hand.ready, found))
    new = sum(at(pod, "metadata", "labels", _REVISION) == revision for pod in found)
    status = {
        "currentNumberScheduled": len(found),
        "desiredNumberScheduled": len(nodes),
        "numberMisscheduled": 0,
        "numberReady": serving,
        "numberAvailable": serving or None,
        "numberUnavailable": len(nodes) - serving or None,
        "updatedNumberScheduled": new or None,
        "observedGeneration": at(it, "metadata", "generation"),
    }
    hand.status(cluster, _RESOURCE, it, status)
