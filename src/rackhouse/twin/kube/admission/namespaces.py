"""Nothing is made in a namespace that is not there, or is on its way out."""

from __future__ import annotations

from rackhouse.twin.kube.answers import forbidden, not_found
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import at, name_of
from rackhouse.twin.kube.cluster import Cluster


def check(cluster: Cluster, ask: Ask) -> None:
    """Raises Denied."""
    if not ask.kind.namespaced:
        return
    found = cluster.store.get("namespaces", "", ask.namespace)
    if found is None:
        kind = cluster.kind("", "v1", "namespaces")
        assert kind is not None, "namespaces are built in"
        raise not_found(kind, ask.namespace)
    if at(found, "metadata", "deletionTimestamp"):
        name = ask.name or name_of(ask.body)
        why = (
            "unable to create new content in namespace"
            f" {ask.namespace} because it is being terminated"
        )
        error = forbidden(ask.kind, name, why)
        cause = {
            "reason": "NamespaceTerminating",
            "message": f"namespace {ask.namespace} is being terminated",
            "field": "metadata.namespace",
        }
        error.details = {**(error.details or {}), "causes": [cause]}
        raise error
