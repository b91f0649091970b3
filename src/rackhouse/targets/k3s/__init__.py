"""The target `k3s.<cluster>`: its nodes, changed by way of its own servers over SSH (ADR 0018).

    target   what is there, and making what is not     servers   who is asked, and the question

A node is made by the machine that joins, not here: here its name is freed, before and after. The
store keeps the stamps.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.k3s.servers import Servers
from rackhouse.targets.k3s.target import Cluster
from rackhouse.transport.address import Address
from rackhouse.transport.channel import Connection

__all__ = ["Cluster", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  it writes no file
    store: Store,
) -> Cluster:
    """`address` is that of each machine of the cluster (keys: `NODE.` and those of
    `Address.parse`), `servers`, the names of those that are servers, and `listed`, those of all
    nodes that the rack file gives the cluster.
    """
    servers = address.get("servers", "").split()
    words: dict[str, dict[str, str]] = {}
    for key, value in address.items():
        node, dot, word = key.partition(".")
        if dot:
            words.setdefault(node, {})[word] = value
    machines = {node: Address.parse(each) for node, each in words.items()}
    asked = Servers(machines, servers, _connect, address.get("listed", "").split())
    return Cluster(name, rack=rack, store=store, servers=asked)


async def _connect(address: Address) -> Connection:
    from rackhouse.transport import ssh

    return await ssh.connect(address)
