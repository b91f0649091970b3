"""What stands between a request and the store: rules of fields, and of the cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rackhouse.twin.kube import rules, schemas
from rackhouse.twin.kube.admission import limits, namespaces, quota, security
from rackhouse.twin.kube.admission.prepared import prepared, quality
from rackhouse.twin.kube.answers import Cause, Denied, invalid
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, name_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.kinds import Kind

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
        body = {**body, "status": {**body["status"], "qosClass": quality(body["spec"])}}
    causes = [*rules.causes(ask.kind, live, body), *_misfits(ask.kind, body)]
    if causes:
        raise invalid(ask.kind, name_of(body), causes)
    if not ask.subresource:
        quota.check(cluster, ask, live, body)
    if len(json.dumps(body, separators=(",", ":"))) > _MOST:
        raise Denied(500, "", "etcdserver: request is too large")
    return body


def _misfits(kind: Kind, body: Body) -> Iterator[Cause]:
    """What a custom object's schema has against it."""
    if kind.schema is not None:
        own = {key: it for key, it in body.items() if key != "metadata"}
        yield from schemas.causes(kind.schema, own)
