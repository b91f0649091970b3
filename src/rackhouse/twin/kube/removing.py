"""DELETE: at once, or when finalizers are done. What depended on it goes with the collector."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rackhouse.twin.kube import select
from rackhouse.twin.kube.answers import conflict, forbidden, not_found
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at, meta, name_of, namespace_of
from rackhouse.twin.kube.cluster import CRDS, Cluster
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.reading import bare, shown

_STAYING = frozenset({"default", "kube-public", "kube-system"})
_ORPHAN, _FOREGROUND = "orphan", "foregroundDeletion"
_GRACE = 30


def delete(cluster: Cluster, ask: Ask) -> Body:
    """One object. The answer is a Status, or the object where it is still there."""
    live = cluster.store.get(ask.kind.resource, ask.namespace, ask.name)
    if live is None:
        raise not_found(ask.kind, ask.name)
    _check(ask, live)
    after = _deleting(cluster, ask, live)
    if ask.dry:
        return shown(after or live, ask.kind)
    if after is None:
        dropped(cluster, ask.kind.resource, live)
        return _success(ask.kind, live)
    kept = after if after == live else cluster.store.put(ask.kind.resource, after)
    if ask.kind.resource == CRDS:
        cluster.define()
    return shown(kept, ask.kind)


def delete_all(cluster: Cluster, ask: Ask) -> Body:
    """Every object that the selectors choose."""
    labels = select.labels(ask.query.get("labelSelector", ""))
    fields = select.fields(ask.query.get("fieldSelector", ""))
    found = [
        it
        for it in cluster.store.all(ask.kind.resource, ask.namespace)
        if labels(it) and fields(it)
    ]
    for live in found:
        after = _deleting(cluster, ask, live)
        if after is None and not ask.dry:
            dropped(cluster, ask.kind.resource, live)
        elif after is not None and after != live and not ask.dry:
            cluster.store.put(ask.kind.resource, after)
    return {
        "kind": f"{ask.kind.kind}List",
        "apiVersion": ask.kind.api,
        "metadata": {"resourceVersion": str(cluster.store.number)},
        "items": [shown(it, ask.kind) if ask.kind.custom else bare(it) for it in found],
    }


def dropped(cluster: Cluster, resource: str, body: Body) -> None:
    """Forget it, and what it defined."""
    cluster.store.drop(resource, body)
    if resource == CRDS:
        gone = f"{at(body, 'spec', 'names', 'plural')}.{at(body, 'spec', 'group')}"
        for it in tuple(cluster.store.all(gone)):
            cluster.store.drop(gone, it)
        cluster.define()


def over(live: Body, body: Body) -> bool:
    """Whether an object that is to go lost the last that it waited for."""
    waits = at(body, "metadata", "finalizers") or at(body, "spec", "finalizers")
    grace = at(body, "metadata", "deletionGracePeriodSeconds")
    return bool(at(live, "metadata", "deletionTimestamp")) and not waits and not grace


def _check(ask: Ask, live: Body) -> None:
    wanted = ask.body.get("preconditions") or {}
    own = live["metadata"]
    for key, name in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        if wanted.get(key) in {None, own[key]}:
            continue
        why = f"the {name} in the precondition ({wanted[key]}) does not match the {name} in record"
        why += f" ({own[key]}). The object might have been "
        why += "deleted and then recreated" if key == "uid" else "modified"
        raise conflict(replace(ask.kind, plural=ask.kind.kind), ask.name, why)
    if ask.kind.plural == "namespaces" and ask.name in _STAYING:
        raise forbidden(ask.kind, ask.name, "this namespace may not be deleted")


def _deleting(cluster: Cluster, ask: Ask, live: Body) -> Body | None:
    """The object while it waits to go, None where nothing keeps it."""
    policy = ask.query.get("propagationPolicy") or ask.body.get("propagationPolicy")
    own = {"Orphan": [_ORPHAN], "Foreground": [_FOREGROUND]}.get(str(policy), [])
    before = list(at(live, "metadata", "finalizers") or ())
    finalizers = [*before, *(it for it in own if it not in before)]
    grace = _grace(ask, live)
    kept_by_spec = ask.kind.plural == "namespaces" and at(live, "spec", "finalizers")
    if not finalizers and not grace and not kept_by_spec:
        return None
    since = at(live, "metadata", "deletionTimestamp") or cluster.time()
    body = meta(
        live,
        finalizers=finalizers or None,
        deletionTimestamp=since,
        deletionGracePeriodSeconds=None if kept_by_spec else grace,
    )
    if ask.kind.plural == "namespaces":
        return {**body, "status": {**body.get("status", {}), "phase": "Terminating"}}
    return body


def _grace(ask: Ask, live: Body) -> int:
    """Seconds that a pod on a node has to end; nothing else has any."""
    if ask.kind.resource != "pods" or not at(live, "spec", "nodeName"):
        return 0
    if at(live, "status", "phase") in {"Succeeded", "Failed"}:
        return 0
    said: Any = ask.query.get("gracePeriodSeconds", ask.body.get("gracePeriodSeconds"))
    if said is None:
        said = at(live, "spec", "terminationGracePeriodSeconds")
    return _GRACE if said is None else int(said)


def _success(kind: Kind, live: Body) -> Body:
    details = {"name": name_of(live), "kind": kind.plural, "uid": live["metadata"]["uid"]}
    if kind.group:
        details["group"] = kind.group
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details,
    }


def remove(cluster: Cluster, resource: str, body: Body, grace: int | None = None) -> None:
    """As a controller deletes: in the background, whether or not it is there still."""
    kind = cluster.stored(resource)
    if kind is None or cluster.store.get(resource, namespace_of(body), name_of(body)) is None:
        return
    said = {} if grace is None else {"gracePeriodSeconds": grace}
    ask = Ask(verb="delete", kind=kind, namespace=namespace_of(body), name=name_of(body), body=said)
    delete(cluster, ask)
