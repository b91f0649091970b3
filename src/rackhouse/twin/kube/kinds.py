"""Which kinds are served. Built in: those of lightkube's models; others when their CRD is there."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rackhouse.twin.kube.shapes import Shape, struct

_MODULES = (
    "core_v1",
    "apps_v1",
    "batch_v1",
    "networking_v1",
    "policy_v1",
    "autoscaling_v2",
    "rbac_authorization_v1",
    "scheduling_v1",
    "storage_v1",
    "node_v1",
    "discovery_v1",
    "coordination_v1",
    "events_v1",
    "admissionregistration_v1",
    "apiextensions_v1",
    "apiregistration_v1",
    "authentication_v1",
    "authorization_v1",
)
_SHORT: Mapping[str, tuple[str, ...]] = {
    "configmaps": ("cm",),
    "customresourcedefinitions": ("crd", "crds"),
    "cronjobs": ("cj",),
    "daemonsets": ("ds",),
    "deployments": ("deploy",),
    "events": ("ev",),
    "horizontalpodautoscalers": ("hpa",),
    "ingresses": ("ing",),
    "limitranges": ("limits",),
    "namespaces": ("ns",),
    "networkpolicies": ("netpol",),
    "nodes": ("no",),
    "persistentvolumeclaims": ("pvc",),
    "persistentvolumes": ("pv",),
    "poddisruptionbudgets": ("pdb",),
    "pods": ("po",),
    "priorityclasses": ("pc",),
    "replicasets": ("rs",),
    "resourcequotas": ("quota",),
    "serviceaccounts": ("sa",),
    "services": ("svc",),
    "statefulsets": ("sts",),
    "storageclasses": ("sc",),
}
_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind in one version. `subresources` are `status`, `scale` and the like."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    shape: Shape
    subresources: frozenset[str] = frozenset()
    short: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None  # of a custom kind, as its CRD has it
    transient: bool = False  # answered and not kept: reviews

    @property
    def custom(self) -> bool:
        """Whether a CRD made it."""
        return self.schema is not None

    @property
    def api(self) -> str:
        """apiVersion of its objects."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """Plural and group, as errors name it, and as objects are kept: versions share them."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def described(self) -> dict[str, Any]:
        """As discovery lists it."""
        found: dict[str, Any] = {
            "name": self.plural,
            "singularName": self.kind.lower(),
            "namespaced": self.namespaced,
            "kind": self.kind,
            "verbs": ["create"] if self.transient else list(_VERBS),
        }
        return {**found, "shortNames": list(self.short)} if self.short else found


@functools.cache
def built_in() -> Mapping[tuple[str, str, str], Kind]:
    """By group, version and plural."""
    found = (kind for module in _MODULES for kind in _kinds(module))
    return {(it.group, it.version, it.plural): it for it in found}


def _kinds(module: str) -> Iterator[Kind]:
    classes = vars(importlib.import_module(f"lightkube.resources.{module}")).values()
    served = [it for it in classes if isinstance(it, type) and hasattr(it, "_api_info")]
    parts: dict[str, set[str]] = {}
    for it in served:
        info = it._api_info  # noqa: SLF001  lightkube's own name for it
        if info.action:
            parts.setdefault(info.plural, set()).add(info.action)
    for it in served:
        info = it._api_info  # noqa: SLF001
        if info.action:
            continue
        yield Kind(
            group=info.resource.group,
            version=info.resource.version,
            kind=info.resource.kind,
            plural=info.plural,
            namespaced=any(base.__name__.startswith("Namespaced") for base in it.__mro__),
            shape=struct(it),
            subresources=frozenset(parts.get(info.plural, ())),
            short=_SHORT.get(info.plural, ()),
            transient="get" not in info.verbs and "list" not in info.verbs,
        )
