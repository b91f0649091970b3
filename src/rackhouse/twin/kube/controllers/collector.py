"""The garbage collector: what nobody owns any longer goes, in the order that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.twin.kube import hand, removing
from rackhouse.twin.kube.body import Body, at, meta, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster

_FOREGROUND, _ORPHAN = "foregroundDeletion", "orphan"


def step(cluster: Cluster) -> None:
    """Those whose owners are gone; then owners that waited for theirs."""
    there = {body["metadata"]["uid"] for _, body in _all(cluster)}
    for resource, body in tuple(_owned(cluster)):
        owners = at(body, "metadata", "ownerReferences")
        if all(it["uid"] not in there for it in owners) and not hand.leaving(body):
            removing.remove(cluster, resource, body)
    for resource, body in tuple(_all(cluster)):
        finalizers = at(body, "metadata", "finalizers") or ()
        if hand.leaving(body) and _ORPHAN in finalizers:
            _orphan(cluster, body)
            _done(cluster, resource, body, _ORPHAN)
        elif hand.leaving(body) and _FOREGROUND in finalizers:
            _foreground(cluster, resource, body)


def _all(cluster: Cluster) -> Iterator[tuple[str, Body]]:
    for resource in cluster.store.resources():
        for body in cluster.store.all(resource):
            yield resource, body


def _owned(cluster: Cluster) -> Iterator[tuple[str, Body]]:
    return (it for it in _all(cluster) if at(it[1], "metadata", "ownerReferences"))


def _of(cluster: Cluster, owner: Body) -> list[tuple[str, Body]]:
    uid = owner["metadata"]["uid"]
    return [
        (resource, body)
        for resource, body in _owned(cluster)
        if any(it["uid"] == uid for it in at(body, "metadata", "ownerReferences"))
    ]


def _orphan(cluster: Cluster, owner: Body) -> None:
    uid = owner["metadata"]["uid"]
    for resource, body in _of(cluster, owner):
        left = [it for it in at(body, "metadata", "ownerReferences") if it["uid"] != uid]
        hand.update(cluster, resource, meta(body, ownerReferences=left or None))


def _foreground(cluster: Cluster, resource: str, owner: Body) -> None:
    found = _of(cluster, owner)
    for held, body in found:
        if not hand.leaving(body):
            removing.remove(cluster, held, body)
    if not _of(cluster, owner):
        _done(cluster, resource, owner, _FOREGROUND)


def _done(cluster: Cluster, resource: str, body: Body, finalizer: str) -> None:
    live = cluster.store.get(resource, namespace_of(body), name_of(body))
    if live is None:
        return
    left = [it for it in at(live, "metadata", "finalizers") or () if it != finalizer]
    hand.update(cluster, resource, meta(live, finalizers=left or None))
