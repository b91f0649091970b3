"""The examples, and what they come to on a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rackhouse.app.model import App, Need, ResourceType
from rackhouse.app.sources import read_source, release_of
from rackhouse.desired.kube import kube
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Resource
from rackhouse.resources.kube import Object, Secret

EXAMPLES = Path(__file__).parents[4] / "examples"
APPLICATIONS = sorted((EXAMPLES / "apps").iterdir())
RACKS = sorted((EXAMPLES / "racks").glob("*.yaml"))


def released(folder: Path) -> App:
    source = read_source(folder)
    return replace(source.app, uid=f"uid-{source.app.name}", release=release_of(source, 1))


def secrets_of(apps: Iterable[App]) -> set[str]:
    def named(app: App, need: Need) -> str:
        return f"{app.name}.{need.name}"

    return {named(app, it) for app in apps for it in app.needs if it.type is ResourceType.SECRET}


def wanted(rack: Rack, apps: list[App]) -> list[Resource[Any]]:
    return list(kube(rack, apps, secrets_of(apps)).values())


def manifests(rack: Rack, apps: list[App]) -> list[dict[str, Any]]:
    """Every object but Secrets, and these without their values."""
    found = []
    for it in wanted(rack, apps):
        if isinstance(it.spec, Object):
            found.append(json.loads(str(it.spec.body)))
        elif isinstance(it.spec, Secret):
            found.append(_secret(it.spec))
    return found


def _secret(it: Secret) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": it.name, "namespace": it.namespace, "labels": dict(it.labels)},
        "stringData": {key: "" for key, _ in it.values},
        "type": it.type,
    }
