"""How the cluster's own programs write: through the same rules as everybody, under their names."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from rackhouse.twin.kube import writing
from rackhouse.twin.kube.answers import Denied
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at, meta, name_of, namespace_of
from rackhouse.twin.kube.cluster import Cluster

# Their words have a name that was made up, another each time.
_ONCE = frozenset({"FailedCreate"})
_MANAGER = "kube-controller-manager"


def create(cluster: Cluster, resource: str, body: Body) -> Body:
    """A new object. Raises Denied as for anybody."""
    return writing.create(cluster, _ask(cluster, "create", resource, body))


def update(cluster: Cluster, resource: str, body: Body, part: str = "") -> Body:
    """Another body, or another `part` of it, for one that is there."""
    return writing.update(cluster, _ask(cluster, "update", resource, body, part))


def _ask(cluster: Cluster, verb: str, resource: str, body: Body, part: str = "") -> Ask:
    kind = cluster.stored(resource)
    assert kind is not None, f"{resource} is built in"
    body = meta(body, resourceVersion=None)
    return Ask(
        verb=verb,
        kind=kind,
        namespace=namespace_of(body),
        name=name_of(body),
        subresource=part,
        body=body,
        agent=_MANAGER,
    )


def status(cluster: Cluster, resource: str, body: Body, new: Mapping[str, Any]) -> Body:
    """Another status; nothing is written where it says the same."""
    wanted = {key: it for key, it in new.items() if it is not None}
    if body.get("status") == wanted:
        return body
    return update(cluster, resource, {**body, "status": wanted}, "status")


def condition(cluster: Cluster, body: Body, kind: str, holds: bool | None, *why: str) -> list[Body]:
    """status.conditions with that one; its moment changes when whether it holds does.

    `why` is its reason and its message, where it has them.
    """
    reason, message = (*why, "", "")[:2]
    old = at(body, "status", "conditions") or []
    before: Body = next((it for it in old if it["type"] == kind), {})
    state = "Unknown" if holds is None else str(holds)
    found = {
        "type": kind,
        "status": state,
        "reason": reason,
        "message": message,
        "lastTransitionTime": before.get("lastTransitionTime", cluster.time())
        if before.get("status") == state
        else cluster.time(),
    }
    found = {key: it for key, it in found.items() if it or key in {"type", "status"}}
    if before:
        return [found if it["type"] == kind else it for it in old]
    return [*old, found]


def event(cluster: Cluster, body: Body, reason: str, message: str, *, warning: bool = True) -> None:
    """Note what happened to an object; the same again is counted."""
    involved = {
        "kind": body["kind"],
        "apiVersion": body["apiVersion"],
        "name": name_of(body),
        "namespace": namespace_of(body),
        "uid": body["metadata"]["uid"],
    }
    for old in cluster.store.all("events", namespace_of(body)):
        same = old["message"] == message or reason in _ONCE
        if same and (old["involvedObject"], old["reason"]) == (involved, reason):
            return
    made: Body = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{name_of(body)}.{cluster.suffix(16)}",
            "namespace": namespace_of(body) or "default",
        },
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        "type": "Warning" if warning else "Normal",
        "source": {"component": _MANAGER},
        "firstTimestamp": cluster.time(),
        "lastTimestamp": cluster.time(),
        "count": 1,
    }
    with contextlib.suppress(Denied):  # the namespace is on its way out
        create(cluster, "events", made)


def owner(body: Body) -> Body:
    """An ownerReference to this object, as its controller."""
    return {
        "apiVersion": body["apiVersion"],
        "kind": body["kind"],
        "name": name_of(body),
        "uid": body["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def owned(cluster: Cluster, resource: str, by: Body) -> Sequence[Body]:
    """Those of its namespace that name it as their controller."""
    uid = by["metadata"]["uid"]
    return [
        it
        for it in cluster.store.all(resource, namespace_of(by))
        if any(
            ref["uid"] == uid and ref.get("controller")
            for ref in at(it, "metadata", "ownerReferences") or ()
        )
    ]


def leaving(body: Body) -> bool:
    """Whether it was deleted and waits for something."""
    return at(body, "metadata", "deletionTimestamp") is not None


def staying(cluster: Cluster, resource: str) -> list[Body]:
    """Every object of a kind, as it is now, but those that leave."""
    return [it for it in cluster.store.all(resource) if not leaving(it)]


def ready(pod: Body) -> bool:
    """Whether a pod serves."""
    conditions = at(pod, "status", "conditions") or ()
    serves = any(it["type"] == "Ready" and it["status"] == "True" for it in conditions)
    return serves and not leaving(pod)
