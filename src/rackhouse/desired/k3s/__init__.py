"""K3s on the nodes of a cluster: its rack file and what is known of its machines in, resources out.

Pure. One server keeps SQLite, several keep etcd and start strictly one after the other; agents
follow. An upgrade is another `version` in the rack file: the same order, each node cordoned,
restarted, ready and uncordoned before the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rackhouse.desired.k3s import paths
from rackhouse.desired.k3s.facts import HostFacts, Known
from rackhouse.desired.k3s.layout import layout
from rackhouse.desired.k3s.node import resources
from rackhouse.desired.k3s.registries import passwords
from rackhouse.rack.model import Cluster, Rack
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.vault import Password

__all__ = ["HostFacts", "Known", "k3s"]


def k3s(rack: Rack, known: Known) -> tuple[Resource[Any], ...]:
    """Everything that every cluster of the rack comes to, on the nodes that have joined.

    Nothing for a cluster without `k3s`, or whose founder has not joined. Places are the caller's.
    """
    return tuple(each for cluster in rack.clusters for each in _cluster(rack, cluster, known))


def _cluster(rack: Rack, cluster: Cluster, known: Known) -> Iterator[Resource[Any]]:
    found = layout(rack, cluster, known)
    if found is None:
        return
    tokens = {
        paths.TOKEN: Id("keys", "secret", f"k3s.{cluster.name}.token"),
        paths.AGENT_TOKEN: Id("keys", "secret", f"k3s.{cluster.name}.agent-token"),
    }
    for secret in tokens.values():
        yield Resource(id=secret, spec=Password(), keep=True)  # no snapshot is restored without it
    yield from passwords(found.setup)
    for node in found.nodes:
        yield from resources(found, node, tokens)
