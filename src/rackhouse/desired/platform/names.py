"""By what names pods find the rack's registry and broker, whatever the house's DNS says. Pure.

K3s's CoreDNS reads `coredns-custom`; https://docs.k3s.io/networking/networking-services says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lightkube.resources.core_v1 import ConfigMap

from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import BROKER, INGRESS, SYSTEM
from rackhouse.desired.platform import broker
from rackhouse.desired.platform.forge import host
from rackhouse.desired.platform.space import Space
from rackhouse.desired.platform.wanted import has_broker
from rackhouse.resources.core import Resource


def names(space: Space) -> Resource[Any]:
    """`git.DOMAIN` is the ingress; what is below it is the broker, where there is one."""
    there = Home(rack=space.rack.name, cluster=space.cluster, namespace=SYSTEM)
    found = {host(space): INGRESS}
    if has_broker(space.rack, space.cluster):
        found[broker.host(space)] = BROKER
    lines = (f"rewrite name exact {name} {it.host}.cluster.local\n" for name, it in found.items())
    said = {"rackhouse.override": "".join(lines)}
    made = ConfigMap(metadata=there.metadata("coredns-custom"), data=said)
    return replace(there.made(made), needs=frozenset())  # K3s made the namespace
