"""Deployments: a ReplicaSet for each template, one growing as the others shrink."""

from __future__ import annotations

from datetime import datetime

from rackhouse.twin.kube import hand, removing
from rackhouse.twin.kube.body import Body, at, meta, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import pods

_RESOURCE = "deployments.apps"
_REVISION = "deployment.kubernetes.io/revision"
_FAILING = "ReplicaFailure"
_HASH = "pod-template-hash"


def step(cluster: Cluster) -> None:
    """Roll each on by as much as may be now."""
    for it in hand.staying(cluster, _RESOURCE):
        _one(cluster, it)


def _one(cluster: Cluster, it: Body) -> None:
    pods.adopt(cluster, pods.REPLICA_SETS, it)
    mark = pods.fingerprint(it["spec"]["template"])
    sets = list(hand.owned(cluster, pods.REPLICA_SETS, it))
    new = next((found for found in sets if at(found, "metadata", "labels", _HASH) == mark), None)
    if at(it, "spec", "paused") and new is None:
        return
    numbers = [_revision(found) for found in sets]
    if new is None:
        new = _create(cluster, it, mark, max(numbers, default=0) + 1)
    elif _revision(new) < max(numbers):
        new = _renumber(cluster, new, max(numbers) + 1)
    it = _noted(cluster, it, _revision(new))
    old = [found for found in sets if found["metadata"]["uid"] != new["metadata"]["uid"]]
    _roll(cluster, it, new, old)
    _forget(cluster, it, old)
    _status(cluster, it, new)


def _revision(it: Body) -> int:
    return int(at(it, "metadata", "annotations", _REVISION) or 0)


def _create(cluster: Cluster, it: Body, mark: str, number: int) -> Body:
    template = it["spec"]["template"]
    labels = {**(at(template, "metadata", "labels") or {}), _HASH: mark}
    selector = it["spec"]["selector"]
    chosen = {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), _HASH: mark}}
    metadata = {
        "name": f"{name_of(it)}-{mark}",
        "namespace": namespace_of(it),
        "labels": labels,
        "annotations": {_REVISION: str(number)},
        "ownerReferences": [hand.owner(it)],
    }
    inner = {**template, "metadata": {**(template.get("metadata") or {}), "labels": labels}}
    body = {"metadata": metadata, "spec": {"replicas": 0, "selector": chosen, "template": inner}}
    return hand.create(cluster, pods.REPLICA_SETS, body)


def _renumber(cluster: Cluster, it: Body, number: int) -> Body:
    notes = {**(at(it, "metadata", "annotations") or {}), _REVISION: str(number)}
    return hand.update(cluster, pods.REPLICA_SETS, meta(it, annotations=notes))


def _noted(cluster: Cluster, it: Body, number: int) -> Body:
    notes = at(it, "metadata", "annotations") or {}
    if notes.get(_REVISION) == str(number):
        return it
    noted = meta(it, annotations={**notes, _REVISION: str(number)})
    return hand.update(cluster, _RESOURCE, noted, "status")


def _roll(cluster: Cluster, it: Body, new: Body, old: list[Body]) -> None:
    wanted = at(it, "spec", "replicas") or 0
    strategy = it["spec"].get("strategy") or {}
    have_old = sum(at(found, "spec", "replicas") or 0 for found in old)
    have_new = at(new, "spec", "replicas") or 0
    if strategy.get("type") == "Recreate":
        for found in old:
            _scale(cluster, found, 0)
        waiting = any(hand.owned(cluster, "pods", found) for found in old)
        _scale(cluster, new, have_new if waiting else wanted)
        return
    rolling = strategy.get("rollingUpdate") or {}
    surge = pods.share(rolling.get("maxSurge", "25%"), wanted, up=True)
    spare = pods.share(rolling.get("maxUnavailable", "25%"), wanted, up=False)
    if not surge and not spare:
        spare = 1
    _scale(cluster, new, min(wanted, max(0, wanted + surge - have_old)))
    ready = sum(at(found, "status", "readyReplicas") or 0 for found in [new, *old])
    idle = sum(
        (at(found, "spec", "replicas") or 0) - (at(found, "status", "readyReplicas") or 0)
        for found in old
    )
    may_go = max(0, ready - (wanted - spare)) + max(0, idle)
    for found in old:
        size = at(found, "spec", "replicas") or 0
        fewer = min(size, may_go)
        may_go -= fewer
        _scale(cluster, found, size - fewer)


def _scale(cluster: Cluster, it: Body, size: int) -> None:
    if at(it, "spec", "replicas") != size:
        hand.update(cluster, pods.REPLICA_SETS, {**it, "spec": {**it["spec"], "replicas": size}})


def _forget(cluster: Cluster, it: Body, old: list[Body]) -> None:
    """Keep as many empty ones to go back to as are asked for."""
    kept = at(it, "spec", "revisionHistoryLimit")
    empty = sorted((found for found in old if not at(found, "status", "replicas")), key=_revision)
    for found in empty[: max(0, len(empty) - (10 if kept is None else kept))]:
        removing.remove(cluster, pods.REPLICA_SETS, found)


def _status(cluster: Cluster, it: Body, new: Body) -> None:
    sets = hand.owned(cluster, pods.REPLICA_SETS, it)
    new = next(found for found in sets if found["metadata"]["uid"] == new["metadata"]["uid"])
    every, own = (
        [pod for found in sets for pod in pods.living(cluster, found)],
        pods.living(cluster, new),
    )
    wanted = at(it, "spec", "replicas") or 0
    ready = sum(map(hand.ready, every))
    rolling = at(it, "spec", "strategy", "rollingUpdate") or {}
    spare = pods.share(rolling.get("maxUnavailable", 0), wanted, up=False)
    available = ready >= wanted - spare
    status = {
        "observedGeneration": at(it, "metadata", "generation"),
        "replicas": len(every) or None,
        "updatedReplicas": len(own) or None,
        "readyReplicas": ready or None,
        "availableReplicas": ready or None,
        "unavailableReplicas": max(0, max(wanted, len(every)) - ready) or None,
    }
    conditions = hand.condition(
        cluster,
        it,
        "Available",
        available,
        "MinimumReplicasAvailable" if available else "MinimumReplicasUnavailable",
        "Deployment has minimum availability."
        if available
        else "Deployment does not have minimum availability.",
    )
    complete = len(own) == len(every) == wanted == sum(map(hand.ready, own))
    conditions = [c for c in conditions if c["type"] != _FAILING]
    conditions += [c for c in at(new, "status", "conditions") or () if c["type"] == _FAILING]
    held = {**it, "status": {"conditions": conditions}}
    counts = ("observedGeneration", "replicas", "updatedReplicas", "readyReplicas")
    moved = any(at(it, "status", key) != status[key] for key in counts)
    said = _progress(cluster, held, name_of(new), complete=complete, moved=moved)
    hand.status(cluster, _RESOURCE, it, {**status, "conditions": said})


def _progress(
    cluster: Cluster, held: Body, name: str, *, complete: bool, moved: bool
) -> list[Body]:
    """The condition Progressing, with the moment at which something last came of the rollout."""
    before: Body = next(
        (c for c in at(held, "status", "conditions") if c["type"] == "Progressing"), {}
    )
    since = cluster.time() if moved or not before else before["lastUpdateTime"]
    limit = at(held, "spec", "progressDeadlineSeconds") or 600
    late = (cluster.clock() - datetime.fromisoformat(since)).total_seconds() > limit
    if complete:
        said = (True, "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.')
    elif late:
        said = (
            False,
            "ProgressDeadlineExceeded",
            f'ReplicaSet "{name}" has timed out progressing.',
        )
    else:
        said = (True, "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.')
    found = hand.condition(cluster, held, "Progressing", *said)
    return [{**c, "lastUpdateTime": since} if c["type"] == "Progressing" else c for c in found]
