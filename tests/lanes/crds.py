"""Definitions of the kinds that are not Kubernetes' own, out of the extracts that lane 1 has.

An extract is a JSON Schema of the fields that we use, closed to others. A definition's schema has
to be structural: each value has a type, and what is not named is refused without being told.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from lanes.hand import Hand
from lanes.processes import PATIENCE
from unit.desired.kube.schemas import EXTRACTS

_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_CLUSTER_WIDE = frozenset({"ClusterIssuer"})
_ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def definitions() -> list[dict[str, Any]]:
    """One for each extract."""
    return [_definition(json.loads(it.read_text())["schema"]) for it in sorted(EXTRACTS.glob("*"))]


def install(hand: Hand) -> None:
    """Have them all, and the server serve them."""
    made = definitions()
    for each in made:
        hand.apply(f"{_PATH}/{each['metadata']['name']}", each)
    _wait(hand, [f"/apis/{it['spec']['group']}/{_version(it)}" for it in made])


def _definition(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema["properties"]
    group, _, version = properties["apiVersion"]["const"].rpartition("/")
    kind = properties["kind"]["const"]
    plural = f"{kind.lower()}s"
    named = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    served = {
        "name": version,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": _root(schema)},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": named,
            "scope": "Cluster" if kind in _CLUSTER_WIDE else "Namespaced",
            "versions": [served],
        },
    }


def _root(schema: Mapping[str, Any]) -> dict[str, Any]:
    own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
    rest = {key: it for key, it in schema["properties"].items() if key not in {*own, "metadata"}}
    properties = {**own, "metadata": {"type": "object"}, **_each(rest), "status": _ANYTHING}
    return {"type": "object", "properties": properties}


def _structural(schema: Mapping[str, Any]) -> dict[str, Any]:
    made = {key: it for key, it in schema.items() if key in {"type", "enum", "required", "pattern"}}
    made = {key: it for key, it in made.items() if it != []}
    if "enum" in made:
        made.setdefault("type", "string")
    if "properties" in schema:
        made["properties"] = _each(schema["properties"])
    if "items" in schema:
        made["items"] = _structural(schema["items"])
    if isinstance(inside := schema.get("additionalProperties"), dict):
        made["additionalProperties"] = _structural(inside)
    if "type" not in made or ("type" in made and made["type"] == "object" and len(made) == 1):
        return {"x-kubernetes-preserve-unknown-fields": True, **made}
    return made


def _each(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _structural(it) for key, it in properties.items()}


def _version(definition: Mapping[str, Any]) -> str:
    name: str = definition["spec"]["versions"][0]["name"]
    return name


def _wait(hand: Hand, paths: Iterable[str]) -> None:
    end = time.monotonic() + PATIENCE
    for path in sorted(set(paths)):
        while not hand.send("GET", path).is_success:
            assert time.monotonic() < end, f"{path} is not served"
            time.sleep(0.1)
