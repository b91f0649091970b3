"""cert-manager: certificates that renew themselves in the cluster. Pure.

It comes where the rack file asks for it, or where something does that cannot do without.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import networking_v1 as n

from rackhouse.desired.kube.allow import port
from rackhouse.desired.platform import table
from rackhouse.desired.platform.charts import PRIORITY, api_server, chart, image, resources
from rackhouse.desired.platform.issuers import own_authority
from rackhouse.desired.platform.letsencrypt import asked_at, letsencrypt
from rackhouse.desired.platform.space import Space
from rackhouse.desired.platform.wanted import certified
from rackhouse.resources.core import Resource

_ASKED_AT = {"cert-manager": 9403, "webhook": 10250, "cainjector": 9403}
_CHECK = "startupapicheck"  # ends when the webhook answers, and the chart is not there before
_PATIENCE = "10m"  # a Pi pulls four images
# What the house's own DNS says of the domain is for the house.
_LOOKS_UP = {
    "dns01RecursiveNameservers": "9.9.9.9:53,1.1.1.1:53",
    "dns01RecursiveNameserversOnly": True,
}


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
    said = certified(space.rack, space.cluster)
    values = {
        **own,
        **(_LOOKS_UP if said else {}),
        **parts,
        _CHECK: {**check, "timeout": _PATIENCE},
        "crds": {"enabled": True, "keep": True},
        "global": {"priorityClassName": PRIORITY},
        "prometheus": {"enabled": False},
    }
    yield chart(space, component, values, timeout=_PATIENCE)
    for name, at in _ASKED_AT.items():
        asked = [n.NetworkPolicyIngressRule(ports=[port(at)])]
        more = [asked_at(said)] if said and name == component.name else []
        yield space.policy(name, into=asked, out=[api_server(), *more])
    yield space.policy(_CHECK, out=[api_server()])
    if space.rack.platform.certificates:
        yield from own_authority(space)
    if said:
        yield from letsencrypt(space, said)
