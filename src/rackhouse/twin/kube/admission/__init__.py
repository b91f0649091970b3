"""What stands between a request and the store: rules of fields, and of the cluster."""

from __future__ import annotations

from rackhouse.twin.kube.admission import names, namespaces
from rackhouse.twin.kube.answers import invalid
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, name_of
from rackhouse.twin.kube.cluster import Cluster


def admitted(cluster: Cluster, ask: Ask, live: Body | None, body: Body) -> Body:
    """The object as it may be kept. Raises Denied."""
    if live is None:
        namespaces.check(cluster, ask)
    causes = list(names.causes(ask.kind, body))
    if causes:
        raise invalid(ask.kind, name_of(body), causes)
    return body
