"""The table of merged lists is what Kubernetes publishes, for every kind that the twin serves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from rackhouse.twin.kube import listed
from rackhouse.twin.kube.kinds import built_in

_NEWEST = "v1.37.0-local-strict"


@pytest.fixture(scope="module")
def definitions() -> dict[str, Any]:
    folder = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / _NEWEST
    found: dict[str, Any] = json.loads((folder / "_definitions.json").read_text())["$defs"]
    return found


def reached(definitions: dict[str, Any]) -> dict[str, Any]:
    """Definitions that an object of a served kind can contain, by their short name."""
    served = {(it.group, it.version, it.kind) for it in built_in().values()}
    waiting = [
        name
        for name, it in definitions.items()
        for gvk in it.get("x-kubernetes-group-version-kind", ())
        if (gvk["group"], gvk["version"], gvk["kind"]) in served
    ]
    found: dict[str, Any] = {}
    while waiting:
        name = waiting.pop()
        if name in found or name not in definitions:
            continue
        found[name] = definitions[name]
        waiting += refs(definitions[name])
    return {name.rpartition(".")[2]: it for name, it in found.items()}


def refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for it in value.values():
            yield from refs(it)
    elif isinstance(value, list):
        for it in value:
            yield from refs(it)


def test_keys_sets_and_atomic_maps_are_those_published(definitions: dict[str, Any]) -> None:
    keys, sets, atomic = {}, set(), set()
    for model, it in reached(definitions).items():
        if it.get("x-kubernetes-map-type") == "atomic":
            atomic.add(model)
        for name, field in it.get("properties", {}).items():
            kind = field.get("x-kubernetes-list-type")
            if kind == "map":
                keys[f"{model}.{name}"] = tuple(field["x-kubernetes-list-map-keys"])
            elif kind == "set":
                sets.add(f"{model}.{name}")
            if field.get("x-kubernetes-map-type") == "atomic":
                atomic.add(f"{model}.{name}")
    assert {where: it for where, it in listed.KEYS.items() if where in keys} == keys
    assert sets <= listed.SETS
    assert atomic <= listed.ATOMIC


def test_the_table_names_nothing_that_there_is_not(definitions: dict[str, Any]) -> None:
    models = {name.rpartition(".")[2]: it for name, it in definitions.items()}
    for where in {*listed.KEYS, *listed.SETS, *listed.ATOMIC}:
        model, _, field = where.partition(".")
        assert model in models, where
        assert not field or field in models[model]["properties"], where
