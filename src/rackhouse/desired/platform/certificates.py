"""cert-manager: certificates that renew themselves in the cluster. Pure.

It comes where the rack file asks for it, or where something does that cannot do without. Its issuer
`rackhouse` is the rack's own authority.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lightkube.models import networking_v1 as n

from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.allow import port
from rackhouse.desired.kube.home import target
from rackhouse.desired.platform import table
from rackhouse.desired.platform.charts import PRIORITY, api_server, chart, image, resources
from rackhouse.desired.platform.space import Space
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.kube import Object
from rackhouse.resources.vault import Authority

API = "cert-manager.io/v1"
ISSUER = "rackhouse"
_ASKED_AT = {"cert-manager": 9403, "webhook": 10250, "cainjector": 9403}
_CHECK = "startupapicheck"  # ends when the webhook answers, and the chart is not there before
_PATIENCE = "10m"  # a Pi pulls four images


def certificates(space: Space) -> Iterator[Resource[Any]]:
    """All of it, in a namespace of its own."""
    component = table.CERTIFICATES
    yield from space.opened()
    share = resources(component.memory // 3, component.cpu // 3, 128)
    names = ("", "webhook", "cainjector", _CHECK)
    parts = {
        name: {"image": image(space, it), "resources": share}
        for name, it in zip(names, component.images, strict=True)
    }
    own, check = parts.pop(""), parts.pop(_CHECK)
    values = {
        **own,
        **parts,
        _CHECK: {**check, "timeout": _PATIENCE},
        "crds": {"enabled": True, "keep": True},
        "global": {"priorityClassName": PRIORITY},
        "prometheus": {"enabled": False},
    }
    yield chart(space, component, values, timeout=_PATIENCE)
    for name, at in _ASKED_AT.items():
        asked = [n.NetworkPolicyIngressRule(ports=[port(at)])]
        yield space.policy(name, into=asked, out=[api_server()])
    yield space.policy(_CHECK, out=[api_server()])
    if space.rack.platform.certificates:
        yield from _own_authority(space)


def _own_authority(space: Space) -> Iterator[Resource[Any]]:
    rack = space.rack
    authority = Authority(f"Rackhouse {rack.name}", domains=(rack.domain,))
    yield Resource(id=AUTHORITY, spec=authority, keep=True)
    pair = {
        "tls.crt": Text.of(AUTHORITY.ref("certificate")),
        "tls.key": Text.of(AUTHORITY.ref("key")),
    }
    kept = space.home.secret("authority", pair, kind="kubernetes.io/tls")
    yield kept
    yield issuer(space, ISSUER, {"ca": {"secretName": "authority"}}, kept.id)


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
