"""A namespace gets its account and its authority; one that is deleted is emptied, then goes."""

from __future__ import annotations

from collections import Counter

from rackhouse.twin.kube import hand, removing
from rackhouse.twin.kube.body import Body, at, name_of
from rackhouse.twin.kube.cluster import Cluster

_ROOT = "kube-root-ca.crt"


def step(cluster: Cluster) -> None:
    """Look at each."""
    for namespace in tuple(cluster.store.all("namespaces")):
        if hand.leaving(namespace):
            _empty(cluster, namespace)
        else:
            _furnish(cluster, name_of(namespace))


def _furnish(cluster: Cluster, name: str) -> None:
    if cluster.store.get("serviceaccounts", name, "default") is None:
        body = {"metadata": {"name": "default", "namespace": name}}
        hand.create(cluster, "serviceaccounts", body)
    if cluster.store.get("configmaps", name, _ROOT) is None:
        data = {"ca.crt": "the twin has none\n"}
        hand.create(
            cluster, "configmaps", {"metadata": {"name": _ROOT, "namespace": name}, "data": data}
        )


def _empty(cluster: Cluster, namespace: Body) -> None:
    name = name_of(namespace)
    for resource in cluster.store.resources():
        for body in tuple(cluster.store.all(resource, name)):
            if not hand.leaving(body):
                removing.remove(cluster, resource, body)
    left = {
        resource: found
        for resource in cluster.store.resources()
        if (found := list(cluster.store.all(resource, name)))
    }
    if not left and not at(namespace, "metadata", "finalizers"):
        cluster.store.drop("namespaces", namespace)
    elif left:
        _say(cluster, namespace, left)


def _say(cluster: Cluster, namespace: Body, left: dict[str, list[Body]]) -> None:
    """Which resources remain, and which finalizers they wait for: in the server's words."""
    waits = Counter(
        it
        for found in left.values()
        for body in found
        for it in at(body, "metadata", "finalizers") or ()
    )
    some = ", ".join(
        f"{resource if '.' in resource else resource + '.'} has {len(found)} resource instances"
        for resource, found in sorted(left.items())
    )
    conditions = hand.condition(
        cluster,
        namespace,
        "NamespaceContentRemaining",
        True,
        "SomeResourcesRemain",
        f"Some resources are remaining: {some}",
    )
    if waits:
        named = ", ".join(
            f"{it} in {count} resource instances" for it, count in sorted(waits.items())
        )
        conditions = hand.condition(
            cluster,
            {"status": {"conditions": conditions}},
            "NamespaceFinalizersRemaining",
            True,
            "SomeFinalizersRemain",
            f"Some content in the namespace has finalizers remaining: {named}",
        )
    status = {"phase": "Terminating", "conditions": conditions}
    hand.status(cluster, "namespaces", namespace, status)
