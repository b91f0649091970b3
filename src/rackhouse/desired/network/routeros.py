"""The fabric as a script for a MikroTik switch with RouterOS 7. Pure.

Written from MikroTik's page on bridge VLAN filtering
(https://help.mikrotik.com/docs/display/ROS/Bridge+VLAN+Table). It was never run on a device, and
the script says so itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.desired.network.fabric import Fabric, SwitchPort, Use
from rackhouse.rack.model import Vlan

BRIDGE = "rackhouse"


def render(fabric: Fabric, management: Vlan) -> str:
    """The script, to be imported on a switch without configuration. Filtering comes last, so that
    nothing is cut off by half of it.
    """
    lines = [
        f"# The switch {fabric.switch} of the rack {fabric.rack}, for RouterOS 7.",
        "# NEVER RUN ON A DEVICE: read it, and import it in safe mode (Ctrl-X), which undoes all",
        "# when the connection is lost. It expects the switch without configuration:",
        "#   /system reset-configuration no-defaults=yes",
        "",
        "/interface bridge",
        f"add name={BRIDGE} vlan-filtering=no frame-types=admit-only-vlan-tagged",
        "/interface bridge port",
        *(_port(port) for port in fabric.ports),
        "/interface bridge vlan",
        *_members(fabric, management),
        "/interface vlan",
        f"add name={management.name} interface={BRIDGE} vlan-id={management.id}",
        *_own(fabric, management),
        "/interface bridge",
        f"set [find name={BRIDGE}] vlan-filtering=yes",
    ]
    return "\n".join(lines) + "\n"


def _own(fabric: Fabric, management: Vlan) -> tuple[str, ...]:
    """The switch's own address."""
    if fabric.address is None:
        return "/ip dhcp-client", f"add interface={management.name}"
    address = f"{fabric.address}/{management.subnet.prefixlen}"
    lines = ("/ip address", f"add address={address} interface={management.name}")
    way_out = next((g.address for g in fabric.gateways if g.vlan == management), None)
    return (*lines, "/ip route", f"add gateway={way_out}") if way_out else lines


def _port(port: SwitchPort) -> str:
    frames = "admit-only-untagged-and-priority-tagged"
    if port.use is Use.TRUNK:
        frames = "admit-only-vlan-tagged"
    said = f"add bridge={BRIDGE} interface=ether{port.number} pvid={port.untagged}"
    comment = f" comment={port.node}" if port.node else ""
    return f"{said} frame-types={frames} ingress-filtering=yes{comment}"


def _members(fabric: Fabric, management: Vlan) -> Iterator[str]:
    for vlan in fabric.vlans:
        tagged = [f"ether{port.number}" for port in fabric.ports if vlan.id in port.tagged]
        if vlan == management:
            tagged.insert(0, BRIDGE)
        said = f"add bridge={BRIDGE} vlan-ids={vlan.id}"
        yield said + _list("tagged", tagged) + _list("untagged", _access(fabric, vlan.id))
    if free := _access(fabric, fabric.parking):
        yield f"add bridge={BRIDGE} vlan-ids={fabric.parking}" + _list("untagged", free)


def _access(fabric: Fabric, id: int) -> list[str]:
    ports = (port for port in fabric.ports if port.use is not Use.TRUNK)
    return [f"ether{port.number}" for port in ports if port.untagged == id]


def _list(key: str, values: list[str]) -> str:
    return f" {key}={','.join(values)}" if values else ""
