"""The kubelets of all nodes: pods on them start, become ready, fail or end as images are told."""

from __future__ import annotations

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.body import Body, at, meta, name_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes import containers
from rackhouse.twin.kube.nodes.node import ready

_ENDED = frozenset({"Succeeded", "Failed"})


def step(cluster: Cluster) -> None:
    """Each pod on a node that is there, one step on."""
    nodes = {name_of(it): it for it in cluster.store.all("nodes")}
    for pod in [it for it in cluster.store.all("pods") if at(it, "spec", "nodeName")]:
        node = nodes.get(pod["spec"]["nodeName"])
        if node is None:
            _forget(cluster, pod)  # as the collector of pods does when a node is taken away
        elif not ready(node):
            _lost(cluster, pod)
        elif hand.leaving(pod):
            _forget(cluster, pod)
        elif at(pod, "status", "phase") not in _ENDED:
            _run(cluster, pod, node)


def busy(cluster: Cluster) -> bool:
    """Whether a container is on its way, with more steps to come."""
    return any(now <= last for now, last in cluster.steps.values())


def _forget(cluster: Cluster, pod: Body) -> None:
    uid = pod["metadata"]["uid"]
    cluster.steps.pop(uid, None)
    cluster.logs.forget(uid)
    gone = meta(pod, deletionGracePeriodSeconds=0, deletionTimestamp=cluster.time())
    if at(pod, "metadata", "finalizers"):
        hand.update(cluster, "pods", gone)
    else:
        cluster.store.drop("pods", gone)


def _lost(cluster: Cluster, pod: Body) -> None:
    cluster.steps.pop(pod["metadata"]["uid"], None)
    conditions = hand.condition(cluster, pod, "Ready", False, "")
    hand.status(cluster, "pods", pod, {**pod["status"], "conditions": conditions})


def _run(cluster: Cluster, pod: Body, node: Body) -> None:
    uid = pod["metadata"]["uid"]
    now, _ = cluster.steps.get(uid, (0, 0))
    outcome = containers.outcome(
        cluster, pod, node["metadata"]["labels"]["kubernetes.io/arch"], now
    )
    cluster.steps[uid] = (min(now, outcome.last) + 1, outcome.last)
    cluster.logs.tell(uid, outcome.logs, cluster.clock())
    conditions = at(pod, "status", "conditions") or []
    for kind, holds in outcome.conditions:
        held = {"status": {"conditions": conditions}}
        reason = "" if holds else "ContainersNotReady"
        conditions = hand.condition(
            cluster, held, kind, holds, reason, "" if holds else outcome.why
        )
    address = at(pod, "status", "podIP") or cluster.pod_address()
    status = {
        **pod["status"],
        "phase": outcome.phase,
        "conditions": conditions,
        "containerStatuses": list(outcome.statuses) or None,
        "initContainerStatuses": list(outcome.initial) or None,
        "podIP": address,
        "podIPs": [{"ip": address}],
        "hostIP": node["status"]["addresses"][0]["address"],
        "startTime": at(pod, "status", "startTime") or cluster.time(),
    }
    hand.status(cluster, "pods", pod, status)
    for reason, message in outcome.events:
        hand.event(cluster, pod, reason, message)


def restart(cluster: Cluster, namespace: str, name: str) -> None:
    """Its containers begin anew, as when what is told of their images has changed."""
    pod = cluster.store.get("pods", namespace, name)
    assert pod is not None, f"no pod {name} in {namespace}"
    cluster.steps.pop(pod["metadata"]["uid"], None)
