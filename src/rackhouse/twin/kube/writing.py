"""POST, PUT, PATCH and server-side apply: from what was sent to what is kept."""

from __future__ import annotations

from rackhouse.twin.kube import admission, applying, check, managers, patching, removing
from rackhouse.twin.kube.answers import Denied, bad_request, conflict, exists, not_found
from rackhouse.twin.kube.asks import Ask
from rackhouse.twin.kube.body import Body, at, meta, name_of, namespace_of, without_nulls
from rackhouse.twin.kube.cluster import CRDS, Cluster
from rackhouse.twin.kube.defaults import defaulted
from rackhouse.twin.kube.managers import APPLY, UPDATE, Manager, Shares
from rackhouse.twin.kube.reading import shown

_PARTS = {"status": ("status",), "scale": ("spec",), "finalize": ("spec", "status")}
_SERVERS = (
    "uid",
    "creationTimestamp",
    "resourceVersion",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)
_ELSEWHERE = "the namespace of the provided object does not match the namespace sent on the request"
_NO_MANAGER = Denied(
    422,
    "Invalid",
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply'
    " patch",
    details={
        "group": "meta.k8s.io",
        "kind": "PatchOptions",
        "causes": [
            {
                "reason": "FieldValueRequired",
                "message": "Required value: is required for apply patch",
                "field": "fieldManager",
            }
        ],
    },
)
_STALE = (
    "the object has been modified; please apply your changes to the latest version and try again"
)
# Groups whose objects have a generation.
_NUMBERED = frozenset({"apps", "batch", "networking.k8s.io", "policy", "apiextensions.k8s.io"})


def create(cluster: Cluster, ask: Ask) -> Body:
    """POST."""
    body = _read(ask, without_nulls(ask.body))
    name = name_of(body) or _made_up(cluster, body)
    body = meta(body, name=name or None)
    if cluster.store.get(ask.kind.resource, ask.namespace, name):
        raise exists(ask.kind, name)
    return _made(cluster, ask, body)


def _made(cluster: Cluster, ask: Ask, body: Body) -> Body:
    body = defaulted(ask.kind, _reset({}, body, ask))
    shares = managers.changed(_manager(ask, UPDATE), {}, body, ask.kind, cluster.time())
    return _keep(cluster, ask, None, body, shares)


def _made_up(cluster: Cluster, body: Body) -> str:
    start = at(body, "metadata", "generateName")
    return f"{start}{cluster.suffix()}" if start else ""


def update(cluster: Cluster, ask: Ask) -> Body:
    """PUT."""
    live = cluster.store.get(ask.kind.resource, ask.namespace, ask.name)
    body = _read(ask, without_nulls(ask.body))
    if live is None:
        raise not_found(ask.kind, ask.name)
    if name_of(body) != ask.name:
        raise bad_request(
            f"the name of the object ({name_of(body)}) does not match the name on the URL"
            f" ({ask.name})"
        )
    return _changed(cluster, ask, live, body)


def patch(cluster: Cluster, ask: Ask) -> Body:
    """PATCH: merge, strategic merge or JSON patch."""
    live = cluster.store.get(ask.kind.resource, ask.namespace, ask.name)
    if live is None:
        raise not_found(ask.kind, ask.name)
    body = patching.patched(live, ask.body, ask.media, ask.kind.shape)
    return _changed(cluster, ask, live, _read(ask, body))


def _changed(cluster: Cluster, ask: Ask, live: Body, body: Body) -> Body:
    number = at(body, "metadata", "resourceVersion")
    if number and number != live["metadata"]["resourceVersion"]:
        raise conflict(ask.kind, ask.name, _STALE)
    body = defaulted(ask.kind, _reset(live, body, ask))
    shares = managers.changed(_manager(ask, UPDATE), live, body, ask.kind, cluster.time())
    return _keep(cluster, ask, live, body, shares)


def apply(cluster: Cluster, ask: Ask) -> Body:
    """PATCH with `application/apply-patch+yaml`."""
    if not ask.query.get("fieldManager"):
        raise _NO_MANAGER
    said = ask.body
    _check_address(ask, said)
    if at(said, "metadata", "managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")
    check.applied(said, ask.kind)
    config = meta(said, name=ask.name, namespace=ask.namespace or None)
    live = cluster.store.get(ask.kind.resource, ask.namespace, ask.name)
    wanted = at(config, "metadata", "resourceVersion")
    if live is not None and wanted and wanted != live["metadata"]["resourceVersion"]:
        raise conflict(ask.kind, ask.name, _STALE)
    config = meta(config, resourceVersion=None)
    who = _manager(ask, APPLY)
    body, shares = applying.applied(
        live or {"apiVersion": ask.kind.api, "kind": ask.kind.kind},
        config,
        who,
        ask.kind,
        force=ask.force,
        now=cluster.time(),
    )
    body = check.tidied(without_nulls(body), ask.kind.shape)
    check.converted(said, body, ask.kind)
    body = defaulted(ask.kind, _reset(live or {}, body, ask))
    return _keep(cluster, ask, live, body, shares)


def _check_address(ask: Ask, body: Body) -> None:
    """What is sent is what the address names."""
    if (body.get("apiVersion"), body.get("kind")) != (ask.kind.api, ask.kind.kind):
        said = f"{body.get('apiVersion')}, Kind={body.get('kind')}"
        raise bad_request(f"invalid object type: {said}")
    name, namespace = name_of(body) or ask.name, namespace_of(body) or ask.namespace
    if name != ask.name:
        raise bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({ask.name})"
        )
    if namespace != ask.namespace:
        raise bad_request(_ELSEWHERE)


def _manager(ask: Ask, operation: str) -> Manager:
    return Manager(operation, ask.manager, ask.kind.api, ask.subresource)


def _read(ask: Ask, body: Body) -> Body:
    """What was sent, as an object of its kind in the namespace of the address."""
    if body.get("kind", ask.kind.kind) != ask.kind.kind:
        raise bad_request(
            f'{body.get("kind")} in version "{body.get("apiVersion")}" cannot be handled as a'
            f" {ask.kind.kind}: converting is not known"
        )
    check.sent(body, ask.kind, ask.strict)
    said = namespace_of(body)
    if ask.kind.namespaced and said not in {"", ask.namespace}:
        raise bad_request(_ELSEWHERE)
    body = check.tidied(check.known(body, ask.kind.shape), ask.kind.shape)
    body = {**body, "apiVersion": ask.kind.api, "kind": ask.kind.kind}
    return meta(body, namespace=ask.namespace or None)


def _reset(live: Body, body: Body, ask: Ask) -> Body:
    """Each way in changes its own part; metadata that is the server's stays."""
    if ask.subresource:
        parts = _PARTS.get(ask.subresource, ())
        mine = {key: body[key] for key in parts if key in body}
        notes = at(body, "metadata", "annotations")
        body = {**{key: it for key, it in live.items() if key not in parts}, **mine}
        if ask.subresource == "status" and not ask.kind.custom:
            body = meta(body, annotations=notes)  # a controller's notes come this way
    elif "status" in ask.kind.subresources:
        body = {key: it for key, it in body.items() if key != "status"}
        body |= {"status": live["status"]} if "status" in live else {}
    own = live.get("metadata", {})
    return meta(body, **{key: own.get(key) for key in _SERVERS}, managedFields=None)


def _keep(cluster: Cluster, ask: Ask, live: Body | None, body: Body, shares: Shares) -> Body:
    """Admission, validation, and into the store: the end of every way."""
    if live is None:
        body = meta(body, uid=cluster.uid(), creationTimestamp=cluster.time(), generation=None)
    body = admission.admitted(cluster, ask, live, body)
    body = managers.write(_numbered(ask, live, body), shares)
    if live == body:
        return shown(live, ask.kind)
    if ask.dry:
        return shown(body, ask.kind)
    if live is not None and removing.over(live, body):
        return cluster.store.drop(ask.kind.resource, body)
    kept = cluster.store.put(ask.kind.resource, body)
    if ask.kind.resource == CRDS:
        cluster.define()
    return shown(kept, ask.kind)


def _numbered(ask: Ask, live: Body | None, body: Body) -> Body:
    """metadata.generation: how often what is wanted has changed."""
    kind = ask.kind
    if not (kind.custom or kind.group in _NUMBERED or kind.resource == "pods"):
        return body
    if live is None:
        return meta(body, generation=1)
    number = at(live, "metadata", "generation") or 1
    if ask.subresource == "status":
        return meta(body, generation=number)
    others = ("metadata", "status")
    changed = any(live.get(key) != it for key, it in body.items() if key not in others)
    if kind.resource == "deployments.apps":  # as the server has it, of these alone
        notes = (at(it, "metadata", "annotations") or {} for it in (live, body))
        changed = changed or next(notes) != next(notes)
    return meta(body, generation=number + changed)
