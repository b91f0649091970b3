"""One machine that is judged, and what a check answers about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rackhouse.desired.k3s.facts import HostFacts
from rackhouse.desired.k3s.preflight.case import Fault
from rackhouse.operations.hosts.health import Examined, Health, Line
from rackhouse.rack.model import Node, Rack, Vlan
from rackhouse.rack.rules.finding import vlan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A node, what was measured on it and on the others, and the lines that begin at it."""

    rack: Rack
    node: Node
    own: Examined
    others: Mapping[str, Examined]
    lines: tuple[Line, ...] = ()

    @property
    def facts(self) -> HostFacts:
        """What stays the same."""
        return self.own.facts

    @property
    def health(self) -> Health:
        """How it is just now."""
        return self.own.health

    @property
    def vlan(self) -> Vlan | None:
        """The VLAN that its address is in."""
        return vlan_of(self.rack, self.node.address)

    @property
    def mtu(self) -> int | None:
        """The longest packet of the interface that has its address."""
        return (self.health.mtus or {}).get(self.facts.interface(self.node.address))


Faults = Iterator[Fault]
Check = Callable[[Case], Faults]
