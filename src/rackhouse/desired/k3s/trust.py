"""What a node needs to pull from the rack's own registry: to find it, and to believe it. Pure.

The registry is Gitea's, which runs in the cluster, so that nothing here waits for it: its name
leads to the servers, on each of which the ingress listens, whatever the house's DNS says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rackhouse.desired.k3s import paths
from rackhouse.desired.k3s.layout import Layout
from rackhouse.desired.k3s.paths import on
from rackhouse.desired.platform.wanted import with_registry
from rackhouse.rack.model import Node
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.host import File, Names

CERTIFICATE = "k3s-authority"
CA = f"{paths.ETC}/authority.pem"


def own(layout: Layout) -> str:
    """The name of the registry: `git.home.arpa`."""
    return f"git.{layout.rack.domain}"


def is_trusted(layout: Layout) -> bool:
    """Whether that cluster has the registry, and the authority that vouches for it is there."""
    return layout.cluster.name == with_registry(layout.rack) and bool(layout.known.authority)


def trust(layout: Layout, node: Node) -> Iterator[Resource[Any]]:
    """The authority's certificate, which is read at each pull, and the name."""
    if not is_trusted(layout):
        return
    certificate = Text.of(layout.known.authority)
    yield Resource(id=on(node.name, "file", CERTIFICATE), spec=File(CA, certificate))
    known = [str(server.address) for server in layout.servers if server.address]
    ways = [str(layout.virtual_ip), *known] if layout.virtual_ip else known
    names = Names(tuple((address, own(layout)) for address in ways))
    yield Resource(id=on(node.name, "names", "k3s"), spec=names)
