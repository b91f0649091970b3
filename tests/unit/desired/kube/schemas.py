"""Manifests against the published schemas: Kubernetes' own by kubernetes-validate, strict.

Its schemas are read once for each kind and version; its own `validate` reads them each time.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import referencing
import referencing.jsonschema
from kubernetes_validate import utils

EXTRACTS = Path(__file__).parent / "extracts"
NEWEST = tuple(dict.fromkeys(utils.all_versions()))[-3:]


def errors(manifest: dict[str, Any], version: str = NEWEST[-1]) -> list[str]:
    """What its schema has against a manifest, with the path of each."""
    group = manifest["apiVersion"].partition("/")[0]
    custom = EXTRACTS / f"{manifest['kind'].lower()}.{group}.json"
    made = (
        _extract(custom)
        if custom.exists()
        else _validator(manifest["apiVersion"], manifest["kind"], version)
    )
    return [f"{error.json_path}: {error.message}" for error in made.iter_errors(manifest)]


@cache
def _extract(file: Path) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(file.read_text())["schema"])


@cache
def _validator(api: str, kind: str, version: str) -> jsonschema.Draft202012Validator:
    """As `kubernetes_validate.utils.validate` makes it."""
    folder = f"kubernetes-json-schema/v{version}-local-strict"
    group, _, rest = api.rpartition("/")
    name = f"{group.partition('.')[0]}-{rest}" if group else rest
    schema = _read(f"{folder}/{kind.lower()}-{name}.json")
    parts = (schema, _read(f"{folder}/_definitions.json"))
    registry = referencing.Registry().with_resources(
        (part["$id"], referencing.Resource.from_contents(part)) for part in parts
    )
    return jsonschema.Draft202012Validator(schema, registry=registry)


@cache
def _read(name: str) -> Any:
    return json.loads((Path(kubernetes_validate.__file__).parent / name).read_text())
