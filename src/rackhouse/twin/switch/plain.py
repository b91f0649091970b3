"""One plain bridge per VLAN, where there is no Open vSwitch: machines are sorted by their address.

Routing and the firewall are the rack's own; which socket is in which VLAN is decided here and not
by the configuration of a switch, so that is not tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rackhouse.desired.network.fabric import Fabric
from rackhouse.desired.network.names import USUAL
from rackhouse.twin.home import ROUTER, SWITCH, Home
from rackhouse.twin.plan import Layout
from rackhouse.twin.tools import ip_batch


class PlainBridges:
    """See `model.Switch`."""

    def cables(self, home: Home, layout: Layout) -> Sequence[str]:
        """A cable for each VLAN."""
        router, here = home.namespace(layout.router or ROUTER), home.namespace(SWITCH)
        return [
            f"link add name {USUAL.vlan(gateway.vlan)} netns {router} "
            f"type veth peer name {_end(gateway.vlan)} netns {here}"
            for gateway in layout.gateways
        ]

    def start(self, home: Home, layout: Layout, fabric: Fabric) -> None:
        """A bridge for each VLAN, with the router's end in it."""
        lines = []
        for gateway in layout.gateways:
            bridge = _bridge(gateway.vlan)
            lines += [f"link add name {bridge} type bridge", f"link set {bridge} up"]
            lines.append(f"link set {_end(gateway.vlan)} master {bridge} up")
        ip_batch(lines, namespace=home.namespace(SWITCH))
        self.configure(home, fabric)

    def configure(self, home: Home, fabric: Fabric) -> None:
        """Put each socket into the bridge of its VLAN."""
        lines = [
            f"link set {USUAL.socket(port.number)} master {_bridge(port.untagged)}"
            for port in fabric.ports
            if port.node and not port.tagged
        ]
        ip_batch(lines, namespace=home.namespace(SWITCH))

    def uplinks(self, layout: Layout) -> Sequence[str]:
        """One for each VLAN."""
        return [_end(gateway.vlan) for gateway in layout.gateways]

    def seen(self, _: Home, /) -> Mapping[str, int]:
        """Nothing: it has no VLANs to see."""
        return {}


def _bridge(vlan: int) -> str:
    return f"bridge{vlan}"


def _end(vlan: int) -> str:
    return f"up{vlan}"
