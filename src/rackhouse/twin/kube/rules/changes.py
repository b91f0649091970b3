"""Fields that stay as they were made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body, at
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.quantities import parse
from rackhouse.twin.kube.rules import words

_IMMUTABLE = "field is immutable"
_FIELDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "deployments.apps": (("spec", "selector"),),
    "replicasets.apps": (("spec", "selector"),),
    "daemonsets.apps": (("spec", "selector"),),
    "jobs.batch": (("spec", "completions"), ("spec", "selector"), ("spec", "template")),
    "priorityclasses.scheduling.k8s.io": (("value",), ("preemptionPolicy",)),
    "rolebindings.rbac.authorization.k8s.io": (("roleRef",),),
    "clusterrolebindings.rbac.authorization.k8s.io": (("roleRef",),),
    "runtimeclasses.node.k8s.io": (("handler",),),
    "storageclasses.storage.k8s.io": (
        ("provisioner",),
        ("parameters",),
        ("reclaimPolicy",),
        ("volumeBindingMode",),
    ),
}
_STATEFUL = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
    " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
    " 'minReadySeconds' are forbidden"
)
_MAY = frozenset(
    {
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    }
)
_POD = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions"
    " to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it"
    " was previously negative)"
)
_CLAIM = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for"
    " bound claims"
)


def causes(kind: Kind, live: Body, body: Body) -> Iterator[Cause]:
    """What was changed and may not be."""
    for path in _FIELDS.get(kind.resource, ()):
        value = at(body, *path)
        if at(live, *path) != value:
            yield words.invalid(".".join(path), value, _IMMUTABLE)
    if kind.resource in {"secrets", "configmaps"} and live.get("immutable"):
        yield from _sealed(live, body)
    elif kind.resource == "statefulsets.apps" and _fixed(live) != _fixed(body):
        yield words.forbidden("spec", _STATEFUL)
    elif kind.resource == "pods" and _running(live) != _running(body):
        yield words.forbidden("spec", _POD)
    elif kind.resource == "services":
        yield from _address(live, body)
    elif kind.resource == "persistentvolumeclaims":
        yield from _claim(live, body)


def _sealed(live: Body, body: Body) -> Iterator[Cause]:
    why = "field is immutable when `immutable` is set"
    if not body.get("immutable"):
        yield words.forbidden("immutable", why)
    if live.get("data") != body.get("data"):
        yield words.forbidden("data", why)


def _running(body: Body) -> Body:
    """What stays while a pod lives; its node is the scheduler's to say, once."""
    free = {"tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds", "nodeName"}
    spec = {key: it for key, it in body["spec"].items() if key not in free}
    for part in ("containers", "initContainers"):
        spec[part] = [{**it, "image": ""} for it in spec.get(part) or ()]
    return spec


def _fixed(body: Body) -> Body:
    found = {key: it for key, it in body["spec"].items() if key not in _MAY}
    claims = found.get("volumeClaimTemplates") or ()
    return {**found, "volumeClaimTemplates": [(it["metadata"], it["spec"]) for it in claims]}


def _address(live: Body, body: Body) -> Iterator[Cause]:
    """A Service that has an address keeps it."""
    had, has = (at(it, "spec", "clusterIPs") or [] for it in (live, body))
    if had and has != had and at(body, "spec", "type") != "ExternalName":
        yield words.invalid("spec.clusterIPs[0]", has, "may not change once set")


def _claim(live: Body, body: Body) -> Iterator[Cause]:
    """One that waits may be given a class and a volume; one that is bound may grow."""
    old, new = (dict(it["spec"]) for it in (live, body))
    for key in ("volumeName", "storageClassName"):
        if not old.get(key):
            new.pop(key, None)
            old.pop(key, None)
    sizes = [at(it, "resources", "requests", "storage") or "0" for it in (old, new)]
    grows = parse(sizes[1]) >= parse(sizes[0]) and at(live, "status", "phase") == "Bound"
    if grows:
        old.pop("resources", None)
        new.pop("resources", None)
    if old != new:
        yield words.forbidden("spec", _CLAIM)
