"""Which machines of a cluster can be asked, and asking them: one by name, or any server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.apply.joined import joined
from rackhouse.apply.open import OpenRack
from rackhouse.desired.k3s.paths import COMMAND
from rackhouse.kit.errors import HostError, Missing, Unavailable, UsageError
from rackhouse.kit.text import did_you_mean
from rackhouse.rack.model import Cluster, Node
from rackhouse.rack.rules.finding import members
from rackhouse.rack.words import Role
from rackhouse.transport.address import Address
from rackhouse.transport.command import LIMIT, command


@dataclass(frozen=True)
class Reach:
    """One cluster of a rack, and the way to its machines."""

    house: OpenRack
    cluster: Cluster

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Those that have joined: servers in the order of the list, then agents."""
        known = joined(self.house.store)
        found = [node for node in members(self.house.rack, self.cluster) if node.name in known]
        place = self.cluster.nodes.index
        return tuple(sorted(found, key=lambda n: (n.role != Role.SERVER, place(n.name))))

    def node(self, name: str) -> Node:
        """Missing when it is none of them."""
        names = [node.name for node in self.nodes]
        if name not in names:
            fix = did_you_mean(name, names).strip() or f"its nodes: {', '.join(names)}"
            raise Missing(f"{name} is no node of {self.cluster.name} that has joined", fix=fix)
        return self.nodes[names.index(name)]

    async def ask(self, node: str, argv: Sequence[str], limit: float = LIMIT) -> str:
        """What it says. HostError, with its last lines, when it does not end with 0."""
        from rackhouse.transport.ssh import connect

        address = Address.parse(joined(self.house.store)[node])
        connection = await connect(address)
        try:
            said = await command(connection, argv, sudo=address.sudo, limit=limit)
        finally:
            await connection.close()
        if said.code is None:
            raise Unavailable("the connection broke", where=node, fix="look at its power")
        if said.code:
            last = "\n".join((said.out + said.err).strip().splitlines()[-8:])
            what = f"{' '.join(argv[:3])}: exit code {said.code}\n{last}"
            fix = "on that machine: systemctl status k3s; journalctl -u k3s"
            raise HostError(what, where=node, fix=fix)
        return said.out

    async def ask_any(self, argv: Sequence[str], limit: float = LIMIT) -> tuple[str, str]:
        """The first server that can answer, and what it says. Unavailable: none can."""
        why = []
        for node in self.nodes:
            if node.role != Role.SERVER:
                continue
            try:
                return node.name, await self.ask(node.name, argv, limit)
            except (HostError, Unavailable) as error:
                why.append(f"  {node.name}: {error.what}")
        what = "\n".join([f"no server of {self.cluster.name} answers", *why])
        raise Unavailable(what, fix="rackhouse hosts list; rackhouse doctor NODE")

    async def kubectl(self, *argv: str, limit: float = LIMIT) -> str:
        """As the administrator, by the first server that answers."""
        return (await self.ask_any((COMMAND, "kubectl", *argv), limit))[1]


def reach(house: OpenRack, name: str = "") -> Reach:
    """The cluster of that name; of a rack that has one alone, that one."""
    clusters = {each.name: each for each in house.rack.clusters if each.k3s}
    if not clusters:
        raise Missing("no cluster of the rack file has `k3s`", fix="see docs/how-to/cluster.md")
    if name and name not in clusters:
        fix = did_you_mean(name, list(clusters)).strip()
        raise Missing(f"there is no cluster {name!r} with `k3s`", fix=fix)
    if not name and len(clusters) > 1:
        raise UsageError(f"which cluster: {', '.join(clusters)}?", fix="--cluster NAME")
    return Reach(house, clusters[name or next(iter(clusters))])
