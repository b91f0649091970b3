"""What the server gives an object that is new: addresses, selectors, priorities, accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rackhouse.twin.kube.answers import forbidden
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at, meta, name_of
from rackhouse.twin.kube.cluster import Cluster

PROTECTED = "kubernetes.io/pvc-protection"
_CLASSES = "priorityclasses.scheduling.k8s.io"
_SYSTEM = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def prepared(cluster: Cluster, ask: Ask, body: Body) -> Body:
    """The object as it is to be made. Raises Denied."""
    prepare = _BY_KIND.get(ask.kind.resource)
    return prepare(cluster, ask, body) if prepare else body


def _service(cluster: Cluster, ask: Ask, body: Body) -> Body:  # noqa: ARG001  as all are called
    spec = body["spec"]
    if spec.get("type") == "ExternalName":
        return body
    address = spec.get("clusterIP") or cluster.service_address()
    given = {"clusterIP": address, "clusterIPs": [address]}
    families = {"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}
    return {**body, "spec": {**families, **spec, **given}}


def _job(cluster: Cluster, ask: Ask, body: Body) -> Body:  # noqa: ARG001
    """A selector of its own, so that no other's pods are counted."""
    if at(body, "spec", "manualSelector"):
        return body
    uid, name = body["metadata"]["uid"], name_of(body)
    mine = {"batch.kubernetes.io/controller-uid": uid}
    labels = mine | {
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    }
    template = body["spec"]["template"]
    metadata = template.get("metadata") or {}
    metadata = {**metadata, "labels": {**(metadata.get("labels") or {}), **labels}}
    spec = {**body["spec"], "selector": {"matchLabels": mine}}
    body = meta(body, labels={**(at(body, "metadata", "labels") or {}), **labels})
    return {**body, "spec": {**spec, "template": {**template, "metadata": metadata}}}


def _claim(cluster: Cluster, ask: Ask, body: Body) -> Body:  # noqa: ARG001
    """Kept while a pod uses it."""
    own = at(body, "metadata", "finalizers") or []
    return meta(body, finalizers=[*own, *({PROTECTED} - set(own))])


def _pod(cluster: Cluster, ask: Ask, body: Body) -> Body:
    spec = {"preemptionPolicy": "PreemptLowerPriority", "priority": 0, **body["spec"]}
    account = spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = account
    if cluster.store.get("serviceaccounts", ask.namespace, account) is None:
        where = f"{ask.namespace}/{account}"
        why = f'error looking up service account {where}: serviceaccount "{account}" not found'
        raise forbidden(ask.kind, name_of(body), why)
    if name := spec.get("priorityClassName"):
        found = cluster.store.get(_CLASSES, "", name)
        if found is None and name not in _SYSTEM:
            why = f"no PriorityClass with name {name} was found"
            raise forbidden(ask.kind, name_of(body), why)
        spec["priority"] = found["value"] if found else _SYSTEM[name]
    seconds = {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    own = spec.get("tolerations") or []
    more = [
        {"key": f"node.kubernetes.io/{it}", **seconds}
        for it in ("not-ready", "unreachable")
        if not any(held.get("key") == f"node.kubernetes.io/{it}" for held in own)
    ]
    return {**body, "spec": {**spec, "tolerations": [*own, *more]}}


def quality(spec: Mapping[str, Any]) -> str:
    """How readily a pod is given up when its machine is full."""
    sizes = [it.get("resources") or {} for it in spec.get("containers") or ()]
    if all(not it.get("requests") and not it.get("limits") for it in sizes):
        return "BestEffort"
    wanted = {"cpu", "memory"}
    same = all(
        set(it.get("limits") or ()) >= wanted
        and all(it["requests"].get(key) == it["limits"][key] for key in wanted)
        for it in sizes
    )
    return "Guaranteed" if same else "Burstable"


Prepare = Callable[[Cluster, Ask, Body], Body]
_BY_KIND: Mapping[str, Prepare] = {
    "services": _service,
    "jobs.batch": _job,
    "persistentvolumeclaims": _claim,
    "pods": _pod,
}
