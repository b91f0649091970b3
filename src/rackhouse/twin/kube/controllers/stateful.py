"""StatefulSets: pods with numbers, one after the other, each with claims that stay."""

from __future__ import annotations

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.body import Body, at, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import pods

_RESOURCE = "statefulsets.apps"
_REVISION = "controller-revision-hash"
_NAME = "statefulset.kubernetes.io/pod-name"
_NUMBER = "apps.kubernetes.io/pod-index"


def step(cluster: Cluster) -> None:
    """Move each on by one pod."""
    for it in hand.staying(cluster, _RESOURCE):
        _one(cluster, it)


def _one(cluster: Cluster, it: Body) -> None:
    pods.adopt(cluster, "pods", it)
    wanted = at(it, "spec", "replicas") or 0
    revision = f"{name_of(it)}-{pods.fingerprint(it['spec']['template'])}"
    found = {name_of(pod): pod for pod in hand.owned(cluster, "pods", it)}
    names = [f"{name_of(it)}-{number}" for number in range(wanted)]
    why = _move(cluster, it, names, found, revision)
    _count(cluster, it, revision, why)


def _move(
    cluster: Cluster, it: Body, names: list[str], found: dict[str, Body], revision: str
) -> str:
    parallel = at(it, "spec", "podManagementPolicy") == "Parallel"
    for number, name in enumerate(names):
        pod = found.get(name)
        if pod is None:
            if why := _make(cluster, it, name, number, revision):
                return why
        elif at(pod, "status", "phase") in {"Failed", "Succeeded"}:
            pods.remove(cluster, pod)
        if (pod is None or not hand.ready(pod)) and not parallel:
            # As the server does: a pod of an old revision that does not serve is waited for.
            return ""
    surplus = sorted(set(found) - set(names), key=lambda name: int(name.rpartition("-")[2]))
    if surplus:
        pods.remove(cluster, found[surplus[-1]])
    else:
        _replace(cluster, it, [found[name] for name in names if name in found], revision)
    return ""


def _replace(cluster: Cluster, it: Body, found: list[Body], revision: str) -> None:
    """The last that is of another revision goes, when all of the new one serve."""
    if at(it, "spec", "updateStrategy", "type") == "OnDelete":
        return
    for pod in reversed(found):
        if at(pod, "metadata", "labels", _REVISION) != revision:
            if not hand.leaving(pod):
                pods.remove(cluster, pod)
            return
        if not hand.ready(pod):
            return


def _make(cluster: Cluster, it: Body, name: str, number: int, revision: str) -> str:
    template = it["spec"]["template"]
    volumes = list(at(template, "spec", "volumes") or ())
    for claim in it["spec"].get("volumeClaimTemplates") or ():
        mine = f"{name_of(claim)}-{name}"
        volumes.append({"name": name_of(claim), "persistentVolumeClaim": {"claimName": mine}})
        if cluster.store.get("persistentvolumeclaims", namespace_of(it), mine) is None:
            labels = at(it, "spec", "selector", "matchLabels")
            metadata = {"name": mine, "namespace": namespace_of(it), "labels": labels}
            body = {"metadata": metadata, "spec": claim["spec"]}
            hand.create(cluster, "persistentvolumeclaims", body)
    body = pods.pod(template, it, name, **{_REVISION: revision, _NUMBER: str(number), _NAME: name})
    spec = {**body["spec"], "hostname": name}
    if service := at(it, "spec", "serviceName"):
        spec["subdomain"] = service
    if volumes:
        spec["volumes"] = volumes
    return pods.make(cluster, {**body, "spec": spec}, it)


def _count(cluster: Cluster, it: Body, revision: str, why: str) -> None:
    found = pods.living(cluster, it)
    new = [pod for pod in found if at(pod, "metadata", "labels", _REVISION) == revision]
    serving = sum(map(hand.ready, found))
    done = len(new) == len(found) == (at(it, "spec", "replicas") or 0)
    before = at(it, "status", "currentRevision") or revision
    status = {
        "observedGeneration": at(it, "metadata", "generation"),
        "replicas": len(found),
        "readyReplicas": serving or None,
        "availableReplicas": serving,
        "updatedReplicas": len(new) or None,
        "currentReplicas": len(new if done else found) or None,
        "currentRevision": revision if done and serving == len(found) else before,
        "updateRevision": revision,
        "collisionCount": 0,
        "conditions": at(it, "status", "conditions") if why else None,
    }
    hand.status(cluster, _RESOURCE, it, status)
