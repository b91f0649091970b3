"""What a switch of the twin has to be able to do, and what kinds of it there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from rackhouse.desired.network.fabric import Fabric
from rackhouse.twin.home import Home
from rackhouse.twin.plan import Layout


class Kind(StrEnum):
    """What the switch is made of."""

    KERNEL = "kernel"
    OPENVSWITCH = "openvswitch"
    PLAIN = "plain"

    @property
    def words(self) -> str:
        """For people; says what it does not test."""
        return {
            Kind.KERNEL: "the kernel's bridge (VLAN-aware, real 802.1Q)",
            Kind.OPENVSWITCH: "Open vSwitch (own datapath, real 802.1Q)",
            Kind.PLAIN: "one plain bridge per VLAN: switch configuration not tested",
        }[self]


class Switch(Protocol):
    """Its sockets are interfaces `lan1`, `lan2` ... in a namespace of its own."""

    def cables(self, home: Home, layout: Layout) -> Sequence[str]:
        """Commands for `ip -batch` that lay the cable between it and the router."""
        ...

    def start(self, home: Home, layout: Layout, fabric: Fabric) -> None:
        """Start it; afterwards the router has an interface `vlan20` for each VLAN, still down."""
        ...

    def configure(self, home: Home, fabric: Fabric) -> None:
        """Give its sockets their VLANs; again for other ones."""
        ...

    def uplinks(self, layout: Layout) -> Sequence[str]:
        """The interfaces, on its side, of the cable to the router."""
        ...

    def seen(self, home: Home, /) -> Mapping[str, int]:
        """In which VLAN it has met each MAC address: nothing where it cannot tell."""
        ...
