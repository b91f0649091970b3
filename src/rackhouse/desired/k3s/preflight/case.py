"""One node that is judged, and what a check answers about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rackhouse.desired.k3s.facts import HostFacts
from rackhouse.rack.model import K3s, Node
from rackhouse.rack.verdict import Severity
from rackhouse.rack.words import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A node of a cluster, what was measured on it, and on all other hosts of the rack."""

    node: Node
    facts: HostFacts
    others: Mapping[str, HostFacts]
    setup: K3s
    etcd: bool
    founder: bool

    @property
    def server(self) -> bool:
        """Whether it is to be a server."""
        return self.node.role == Role.SERVER

    @property
    def pi(self) -> bool:
        """Whether it is a Raspberry Pi, by what it says itself, else by the rack file."""
        model = self.facts.model
        return "Raspberry Pi" in model if model else self.node.board.startswith("rpi")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and how to mend it."""

    what: str
    fix: str
    severity: Severity = Severity.ERROR


Faults = Iterator[Fault]
Check = Callable[[Case], Faults]
