"""Who certifies on a cluster: issuers that every namespace may name. Pure.

`rackhouse` is the rack's own authority, for what others bring.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.home import target
from rackhouse.desired.platform.space import Space
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.kube import Object
from rackhouse.resources.vault import Authority

API = "cert-manager.io/v1"
OWN = "rackhouse"


def own_authority(space: Space) -> Iterator[Resource[Any]]:
    """The issuer, and the authority's own pair of keys, of which it reads."""
    rack = space.rack
    authority = Authority(f"Rackhouse {rack.name}", domains=(rack.domain,))
    yield Resource(id=AUTHORITY, spec=authority, keep=True)
    pair = {
        "tls.crt": Text.of(AUTHORITY.ref("certificate")),
        "tls.key": Text.of(AUTHORITY.ref("key")),
    }
    kept = space.home.secret("authority", pair, kind="kubernetes.io/tls")
    yield kept
    yield issuer(space, OWN, {"ca": {"secretName": "authority"}}, kept.id)


def issuer(space: Space, name: str, spec: Mapping[str, Any], secret: Id) -> Resource[Any]:
    """One that every namespace may name, and that reads `secret`."""
    body = {
        "apiVersion": API,
        "kind": "ClusterIssuer",
        "metadata": {"labels": space.home.labels, "name": name},
        "spec": spec,
    }
    text = Text.of(json.dumps(body, sort_keys=True, separators=(",", ":")))
    made = Object(api=API, kind="ClusterIssuer", namespace="", name=name, body=text)
    id = Id(target(space.cluster), "ClusterIssuer", name)
    return Resource(id=id, spec=made, needs=frozenset({secret}))
