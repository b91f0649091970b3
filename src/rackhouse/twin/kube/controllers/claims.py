"""Claims get a volume of their class: at once, or when a pod that wants them has a node."""

from __future__ import annotations

from rackhouse.twin.kube import hand
from rackhouse.twin.kube.admission.prepared import PROTECTED
from rackhouse.twin.kube.body import Body, at, meta, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.fit import claims

_RESOURCE = "persistentvolumeclaims"
_CLASSES = "storageclasses.storage.k8s.io"
_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def step(cluster: Cluster) -> None:
    """Bind those whose time has come."""
    for claim in [it for it in cluster.store.all(_RESOURCE) if hand.leaving(it)]:
        _let_go(cluster, claim)
    waiting = [it for it in cluster.store.all(_RESOURCE) if at(it, "status", "phase") != "Bound"]
    for claim in waiting:
        found = _class(cluster, claim)
        if found and (found["volumeBindingMode"] == "Immediate" or _wanted(cluster, claim)):
            _bind(cluster, claim, found)


def _let_go(cluster: Cluster, claim: Body) -> None:
    """One that was deleted goes when no pod has it any more."""
    used = any(
        name_of(claim) in claims(it) for it in cluster.store.all("pods", namespace_of(claim))
    )
    if not used:
        left = [it for it in at(claim, "metadata", "finalizers") or () if it != PROTECTED]
        hand.update(cluster, _RESOURCE, meta(claim, finalizers=left or None))


def _class(cluster: Cluster, claim: Body) -> Body | None:
    name = at(claim, "spec", "storageClassName")
    if name is not None:
        return cluster.store.get(_CLASSES, "", name)
    defaults = (
        it
        for it in cluster.store.all(_CLASSES)
        if at(it, "metadata", "annotations", _DEFAULT) == "true"
    )
    return next(defaults, None)


def _wanted(cluster: Cluster, claim: Body) -> bool:
    pods = cluster.store.all("pods", namespace_of(claim))
    return any(name_of(claim) in claims(it) for it in pods if at(it, "spec", "nodeName"))


def _bind(cluster: Cluster, claim: Body, found: Body) -> None:
    name = f"pvc-{claim['metadata']['uid']}"
    size = at(claim, "spec", "resources", "requests", "storage")
    modes = at(claim, "spec", "accessModes")
    if cluster.store.get("persistentvolumes", "", name) is None:
        spec = {
            "capacity": {"storage": size},
            "accessModes": modes,
            "storageClassName": name_of(found),
            "persistentVolumeReclaimPolicy": found["reclaimPolicy"],
            "volumeMode": at(claim, "spec", "volumeMode"),
            "claimRef": {"kind": "PersistentVolumeClaim", "apiVersion": "v1"}
            | {key: claim["metadata"][key] for key in ("name", "namespace", "uid")},
            "hostPath": {"path": f"/var/lib/rancher/k3s/storage/{name}"},
        }
        hand.create(cluster, "persistentvolumes", {"metadata": {"name": name}, "spec": spec})
    spec = {**claim["spec"], "volumeName": name, "storageClassName": name_of(found)}
    claim = hand.update(cluster, _RESOURCE, {**claim, "spec": spec})
    status = {"phase": "Bound", "accessModes": modes, "capacity": {"storage": size}}
    hand.status(cluster, _RESOURCE, claim, status)
