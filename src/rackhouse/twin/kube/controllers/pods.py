"""Pods of a template, and how many of them there are. What all workloads share."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rackhouse.twin.kube import hand, removing
from rackhouse.twin.kube.answers import Denied
from rackhouse.twin.kube.body import Body, at, labels_of, meta, namespace_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.select import matches

REPLICA_SETS = "replicasets.apps"


def fingerprint(template: Mapping[str, Any]) -> str:
    """Short, and another when the template is."""
    said = json.dumps(template, sort_keys=True).encode()
    return hashlib.sha256(said).hexdigest()[:10]


def pod(template: Mapping[str, Any], owner: Body, name: str, **labels: str) -> Body:
    """A pod of that template. A name that ends in `-` is completed by the server."""
    said = template.get("metadata") or {}
    metadata: Body = {
        "namespace": namespace_of(owner),
        "labels": {**(said.get("labels") or {}), **labels},
        "annotations": said.get("annotations"),
        "ownerReferences": [hand.owner(owner)],
    }
    metadata["generateName" if name.endswith("-") else "name"] = name
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def make(cluster: Cluster, body: Body, owner: Body) -> str:
    """Create the pod. Why not, where it was refused: that is an event of its owner as well."""
    try:
        hand.create(cluster, "pods", body)
    except Denied as error:
        hand.event(cluster, owner, "FailedCreate", f"Error creating: {error.message}")
        return error.message
    return ""


def remove(cluster: Cluster, body: Body) -> None:
    """Delete a pod, if it is there still."""
    with contextlib.suppress(Denied):
        removing.remove(cluster, "pods", body)


def adopt(cluster: Cluster, resource: str, by: Body) -> None:
    """Take what its selector finds and no other has: so a workload that was made anew keeps it."""
    selector = at(by, "spec", "selector")
    for it in tuple(cluster.store.all(resource, namespace_of(by))):
        owners = at(it, "metadata", "ownerReferences") or []
        free = not any(ref.get("controller") for ref in owners) and not hand.leaving(it)
        if free and matches(selector, labels_of(it)):
            hand.update(cluster, resource, meta(it, ownerReferences=[*owners, hand.owner(by)]))


def living(cluster: Cluster, owner: Body) -> list[Body]:
    """Its pods that neither leave nor have ended."""
    return [
        it
        for it in hand.owned(cluster, "pods", owner)
        if not hand.leaving(it) and at(it, "status", "phase") not in {"Succeeded", "Failed"}
    ]


def share(value: Any, whole: int, *, up: bool) -> int:
    """`25%` of so many, or the number itself."""
    if isinstance(value, str) and value.endswith("%"):
        part = int(value[:-1]) * whole
        return -(-part // 100) if up else part // 100
    return int(value or 0)
