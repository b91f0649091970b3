"""A rack after a change that is only thought of, and who still reaches whom in it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from rackhouse.rack.capacity import added, without
from rackhouse.rack.model import Cluster, Node, Rack
from rackhouse.rack.rules.finding import members, vlan_of
from rackhouse.rack.words import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is taken away, and what is added. Names are of nodes."""

    nodes: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()  # nodes that lose their graphics card, and no more
    ports: frozenset[int] = frozenset()  # of the switch, whose cable is cut; its machine stays on
    added: tuple[Node, ...] = ()

    def of(self, rack: Rack) -> Situation:
        """That rack, changed. What is added and taken away again was never there."""
        after = rack
        for node in self.added:
            after = added(after, node)
        cards = (_without_card(node) if node.name in self.cards else node for node in after.nodes)
        after = without(replace(after, nodes=tuple(cards)), self.nodes)
        return Situation(was=rack, rack=after, cut=self.ports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The rack as it was (what its file promises), and as it is now."""

    was: Rack
    rack: Rack
    cut: frozenset[int] = frozenset()  # ports of the switch

    @property
    def before(self) -> Situation:
        """The rack as it was, with nothing missing."""
        return Situation(was=self.was, rack=self.was)

    @property
    def reached(self) -> tuple[Node, ...]:
        """The machines that are there and whose cable is not cut."""
        return tuple(node for node in self.rack.nodes if node.port not in self.cut)

    @property
    def routed(self) -> bool:
        """Whether the VLANs still reach each other and the Internet, where they ever did."""
        switch = self.was.network.switch
        if switch and switch.uplink in self.cut:
            return False
        had, has = routers(self.was, self.was.nodes), routers(self.rack, self.reached)
        return bool(has) or not had

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """Those of the file's machines; else the one that what is added makes."""
        own = tuple(each for each in self.was.clusters if each.nodes)
        return own or tuple(each for each in self.rack.clusters if each.nodes)

    def had(self, cluster: Cluster) -> frozenset[str]:
        """The names of all its nodes, gone or not."""
        both = *members(self.was, cluster), *members(self.rack, self._now(cluster))
        return frozenset(node.name for node in both)

    def had_servers(self, cluster: Cluster) -> int:
        """How many servers it has, gone or not: a majority is one of these."""
        both = *members(self.was, cluster), *members(self.rack, self._now(cluster))
        return len({node.name for node in servers(both)})

    def has(self, cluster: Cluster) -> tuple[Node, ...]:
        """Its nodes that are reached."""
        inside = self._now(cluster).nodes
        return tuple(node for node in self.reached if node.name in inside)

    def together(self, cluster: Cluster) -> tuple[Node, ...]:
        """Its largest part that can talk among itself: without a router, a VLAN is on its own."""
        nodes = self.has(cluster)
        if self.routed:
            return nodes
        parts = [tuple(n for n in nodes if self._vlan(n) == vlan) for vlan in self._vlans(nodes)]
        return max(parts, key=lambda part: (len(servers(part)), len(part)), default=())

    def answers(self, node: Node) -> bool:
        """Whether a machine is reached from the cluster (from anywhere, where there is none)."""
        if node.name not in {each.name for each in self.reached}:
            return False
        inside = [each for cluster in self.clusters for each in self.has(cluster)]
        return self.routed or not inside or self._vlan(node) in self._vlans(inside)

    def _now(self, cluster: Cluster) -> Cluster:
        gone = replace(cluster, nodes=())
        return next((each for each in self.rack.clusters if each.name == cluster.name), gone)

    def _vlan(self, node: Node) -> str:
        vlan = vlan_of(self.was, node.address)
        return vlan.name if vlan else ""

    def _vlans(self, nodes: Collection[Node]) -> list[str]:
        return sorted({self._vlan(node) for node in nodes})


def servers(nodes: Collection[Node]) -> list[Node]:
    """Those that keep the cluster's state."""
    return [node for node in nodes if node.role == Role.SERVER]


def routers(rack: Rack, nodes: Collection[Node]) -> list[Node]:
    """Those among `nodes` that route between the VLANs; none when the file names none."""
    named = rack.network.router.node if rack.network.router else ""
    return [node for node in nodes if node.role == Role.ROUTER or node.name == named]


def _without_card(node: Node) -> Node:
    watts = max(node.watts - node.gpu.watts, 0) if node.gpu else node.watts
    return replace(node, gpu=None, watts=watts, idle_watts=0, busy_watts=0)
