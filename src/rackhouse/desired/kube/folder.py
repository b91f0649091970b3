"""A cluster's objects as a folder for Kustomize: a file each, and what is left to a person. Pure.

No value of a secret is in it, nor could it be: SECRETS.md names them, and what has to be made
elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rackhouse.desired.kube.yaml import dump
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.kube import Object, Secret

KUSTOMIZATION = "kustomization.yaml"
SECRETS = "SECRETS.md"

_BY_HAND = "by-hand"  # instead of a Secret's version, which only a rack follows


def folder(resources: Iterable[Resource[Any]]) -> Mapping[str, str]:
    """The files by path. The same objects give the same bytes."""
    found = list(resources)
    objects = [it.spec for it in found if isinstance(it.spec, Object)]
    files = {_path(it): dump(json.loads(_filled(it.body))) for it in objects}
    listed = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(files),
    }
    return {**files, KUSTOMIZATION: dump(listed), SECRETS: _secrets(found)}


def _path(it: Object) -> str:
    """`hello/deployment-web.yaml`; what is in no namespace lies at the top."""
    name = f"{it.kind.lower()}-{it.name}.yaml"
    return f"{it.namespace}/{name}" if it.namespace else name


def _filled(body: Text) -> str:
    return "".join(part if isinstance(part, str) else _BY_HAND for part in body.parts)


def _secrets(found: list[Resource[Any]]) -> str:
    parts = [_HEAD]
    secrets = [it.spec for it in found if isinstance(it.spec, Secret)]
    for it in secrets:
        rows = [f"| `{key}` | `{_shown(text)}` |" for key, text in it.values]
        labels = " ".join(f"{key}={value}" for key, value in it.labels)
        parts.append(
            f"## {it.namespace}/{it.name}\n\n"
            f"Type `{it.type}`, labels `{labels}`.\n\n"
            "| key | value |\n| --- | --- |\n" + "\n".join(rows)
        )
    if not secrets:
        parts.append("There are none.")
    others = sorted(str(it.id) for it in found if not isinstance(it.spec, Object | Secret))
    made = [f"- `{id}`" for id in others if not id.startswith("vault/")]
    if made:
        parts.append("\n".join([_ELSEWHERE, "", *made]))
    return "\n\n".join(parts) + "\n"


def _shown(text: Text) -> str:
    return str(text).replace("|", "\\|").replace("\n", "\\n")


_HEAD = """\
# Secrets to supply

No value of a secret is in this folder. Make these Secrets in the cluster, in whatever way keeps
them out of your repository; `${vault/...}` stands for a value, and the same one is the same value
wherever it stands. After changing one, change the annotation `rackhouse.dev/secret` of the pods
that read it, so that they start anew."""

_ELSEWHERE = """\
## To make elsewhere

Users of the cache and buckets are no objects of Kubernetes. Their names and passwords are above."""
