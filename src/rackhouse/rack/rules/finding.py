"""What a rule answers, and the few questions about a rack that several rules ask. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from rackhouse.rack.model import Cluster, Node, Rack, Vlan
from rackhouse.rack.words import Role


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that makes no sense: where in the file, what, and how to mend it."""

    path: str  # nodes.pi-1.disk; the line is that of the nearest part of it that is written
    what: str
    fix: str


Findings = Iterator[Finding]


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` is asked about each of `subjects`, or about the rack as a whole.

    Its name in kebab case is the rule's, its docstring says why the rule is there.
    """

    check: Callable[..., Findings]
    subjects: Callable[[Rack], Iterable[Any]] | None = None

    @property
    def name(self) -> str:
        """`etcd-on-sd-card`."""
        return self.check.__name__.replace("_", "-")

    @property
    def why(self) -> str:
        """The reason, with its source where there is one."""
        return " ".join((self.check.__doc__ or "").split())

    def findings(self, rack: Rack) -> Iterator[Findings]:
        """One stream of findings for each subject: one that gives up does not stop another."""
        if self.subjects is None:
            yield self.check(rack)
        else:
            yield from (self.check(rack, subject) for subject in self.subjects(rack))


def node_named(rack: Rack, name: str) -> Node | None:
    """The node of that name."""
    return next((node for node in rack.nodes if node.name == name), None)


def members(rack: Rack, cluster: Cluster, *roles: Role) -> list[Node]:
    """The nodes of a cluster that exist, of these roles (or all)."""
    nodes = [node for node in rack.nodes if node.name in cluster.nodes]
    return [node for node in nodes if node.role in roles] if roles else nodes


def vlan_of(rack: Rack, address: IPv4Address | None) -> Vlan | None:
    """The VLAN in whose subnet an address lies."""
    vlans = rack.network.vlans if address else ()
    return next((vlan for vlan in vlans if address in vlan.subnet), None)


def gateway_of(vlan: Vlan) -> IPv4Address:
    """The router's address in a VLAN."""
    return vlan.gateway or vlan.subnet.network_address + 1


def may_reach(rack: Rack, source: Vlan, target: Vlan, port: int, protocol: str = "tcp") -> bool:
    """Whether a connection is let through between two VLANs."""
    return source.name == target.name or any(
        (reach.source, reach.target) == (source.name, target.name)
        and any(opening.covers(port, protocol) for opening in reach.ports)
        for reach in rack.network.reach
    )


def gi(count: float) -> str:
    """`24Gi`: as people write it in the file, rounded."""
    return f"{count / 2**30:.3g}Gi"


def repeated(pairs: Iterable[tuple[Any, str]]) -> Iterator[tuple[Any, str, str]]:
    """Of (value, path): each value that came before, with its path and that of the first."""
    first: dict[Any, str] = {}
    for value, path in pairs:
        if value in first:
            yield value, path, first[value]
        else:
            first[value] = path
