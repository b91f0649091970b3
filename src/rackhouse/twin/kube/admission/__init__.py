"""What stands between a request and the store: rules of fields, and of the cluster."""

from __future__ import annotations

import json

from rackhouse.twin.kube import rules
from rackhouse.twin.kube.admission import limits, namespaces, quota, security
from rackhouse.twin.kube.admission.prepared import prepared
from rackhouse.twin.kube.answers import Denied, invalid
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, name_of
from rackhouse.twin.kube.cluster import Cluster

_MOST = 1024 * 1024 * 3 // 2  # bytes of an object, as etcd takes it


def admitted(cluster: Cluster, ask: Ask, live: Body | None, body: Body) -> Body:
    """The object as it may be kept. Raises Denied."""
    new_pod = ask.kind.resource == "pods" and live is None
    if live is None:
        namespaces.check(cluster, ask)
        body = prepared(cluster, ask, body)
    if new_pod:
        body = limits.filled(cluster, ask, body)
        limits.check(cluster, ask, body)
        security.check(cluster, ask, body)
    causes = list(rules.causes(ask.kind, live, body))
    if causes:
        raise invalid(ask.kind, name_of(body), causes)
    if not ask.subresource:
        quota.check(cluster, ask, live, body)
    if len(json.dumps(body, separators=(",", ":"))) > _MOST:
        raise Denied(500, "", "etcdserver: request is too large")
    return body
