"""By what name pods of a cluster find the rack's registry, whatever the house's DNS says. Pure.

K3s's CoreDNS reads `coredns-custom`; https://docs.k3s.io/networking/networking-services says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lightkube.resources.core_v1 import ConfigMap

from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import INGRESS, SYSTEM
from rackhouse.desired.platform.forge import host
from rackhouse.desired.platform.space import Space
from rackhouse.resources.core import Resource


def names(space: Space) -> Resource[Any]:
    """`git.DOMAIN` is the ingress."""
    there = Home(rack=space.rack.name, cluster=space.cluster, namespace=SYSTEM)
    line = f"rewrite name exact {host(space)} {INGRESS.service}.{SYSTEM}.svc.cluster.local\n"
    made = ConfigMap(metadata=there.metadata("coredns-custom"), data={"rackhouse.override": line})
    return replace(there.made(made), needs=frozenset())  # K3s made the namespace
