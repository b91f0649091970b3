"""The kernel's own bridge, which filters VLANs, and its 802.1Q at the router's end of the trunk.

What a Linux machine is as a switch, and quicker than Open vSwitch's own datapath. Not every kernel
has it, above all not those of containers' hosts and small virtual machines: it is tried.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rackhouse.desired.network.fabric import Fabric, SwitchPort, Use
from rackhouse.desired.network.names import USUAL
from rackhouse.kit.process import run_sync
from rackhouse.twin.home import ROUTER, SWITCH, Home
from rackhouse.twin.plan import Layout
from rackhouse.twin.tools import ip_batch, tool

_BRIDGE = "switch"
_MADE = "type bridge vlan_filtering 1 vlan_default_pvid 0"
# All that it needs of the kernel; gone with the shell's namespace.
_TRY = f"""
ip link add name {_BRIDGE} {_MADE} &&
ip link add name near type veth peer name far &&
ip link set near master {_BRIDGE} &&
bridge vlan add vid 20 pvid untagged dev near &&
ip link add link far name far.20 type vlan id 20
"""

_PVID, _UNTAGGED = "PVID", "Egress Untagged"  # as `bridge -json vlan` has them
Held = Mapping[int, frozenset[str]]  # the VLANs of one socket, with their flags


def has_vlans() -> bool:
    """Whether this machine's kernel has such bridges: by trying, in a namespace of its own."""
    return run_sync(["unshare", "--net", "sh", "-c", _TRY], timeout=20).code == 0


class KernelBridge:
    """See `model.Switch`."""

    def cables(self, home: Home, layout: Layout) -> Sequence[str]:
        """One, which carries every VLAN."""
        router = home.namespace(layout.router or ROUTER)
        near = f"{USUAL.socket(layout.uplink)} netns {home.namespace(SWITCH)}"
        return [f"link add name {near} type veth peer name {layout.trunk} netns {router}"]

    def start(self, home: Home, layout: Layout, fabric: Fabric) -> None:
        """Make the bridge, plug everything in, and give the router its interfaces."""
        ends = (each.port for each in layout.machines if each.name != layout.router)
        sockets = [USUAL.socket(number) for number in (*ends, layout.uplink)]
        ip_batch(
            [
                f"link add name {_BRIDGE} {_MADE}",
                f"link set {_BRIDGE} up",
                *(f"link set {socket} master {_BRIDGE}" for socket in sockets),
            ],
            namespace=home.namespace(SWITCH),
        )
        self.configure(home, fabric)
        ip_batch([*_far_end(layout, fabric)], namespace=home.namespace(layout.router or ROUTER))

    def configure(self, home: Home, fabric: Fabric) -> None:
        """What differs, and nothing else: machines that stay where they are notice nothing."""
        where = ("-n", home.namespace(SWITCH), "-json")
        links = json.loads(tool(["ip", *where, "link", "show", "master", _BRIDGE]))
        has = held(json.loads(tool(["bridge", *where, "vlan", "show"])))
        now = {link["ifname"]: has.get(link["ifname"], {}) for link in links}
        lines = "".join(f"{line}\n" for line in changes(fabric, now))
        tool(["bridge", *where[:2], "-batch", "-"], words=lines)

    def uplinks(self, layout: Layout) -> Sequence[str]:
        """One socket, for all VLANs."""
        return (USUAL.socket(layout.uplink),)

    def seen(self, home: Home, /) -> Mapping[str, int]:
        """From its table of addresses, the one that was used last where one is there twice."""
        where = ("-n", home.namespace(SWITCH))
        table = tool(["bridge", *where, "-statistics", "-json", "fdb", "show", "br", _BRIDGE])
        rows = [row for row in json.loads(table) if "vlan" in row and not row.get("state")]
        rows.sort(key=lambda row: int(row["updated"]), reverse=True)
        return {row["mac"]: row["vlan"] for row in rows}


def held(shown: Sequence[Mapping[str, Any]]) -> Mapping[str, Held]:
    """The VLANs of each socket, from what `bridge -json vlan show` says."""
    return {
        row["ifname"]: {
            id: frozenset(each.get("flags", ()))
            for each in row["vlans"]
            for id in range(each["vlan"], each.get("vlanEnd", each["vlan"]) + 1)
        }
        for row in shown
    }


def changes(fabric: Fabric, now: Mapping[str, Held]) -> Iterator[str]:
    """Commands for `bridge -batch` that take the sockets from what they are to the fabric. Pure.

    `now` has the VLANs of each socket that something is plugged into.
    """
    for port in fabric.ports:
        socket = USUAL.socket(port.number)
        if (has := now.get(socket)) is None:
            continue
        wants = dict(_wanted(port))
        yield from (f"vlan del vid {id} dev {socket}" for id in sorted(has.keys() - wants.keys()))
        for id, flags in wants.items():
            if has.get(id) != flags:
                how = " pvid untagged" if flags else ""
                yield f"vlan add vid {id}{how} dev {socket}"


def _wanted(port: SwitchPort) -> Iterator[tuple[int, frozenset[str]]]:
    if port.use is Use.TRUNK:  # without a PVID, frames that have no tag are dropped
        yield from ((id, frozenset[str]()) for id in port.tagged)
    else:
        yield port.untagged, frozenset({_PVID, _UNTAGGED})


def _far_end(layout: Layout, fabric: Fabric) -> Iterator[str]:
    """The router's interfaces: one for each VLAN; without tags, the cable itself."""
    port = next(each for each in fabric.ports if each.number == layout.uplink)
    if port.use is not Use.TRUNK:
        yield f"link set {layout.trunk} name {USUAL.vlan(port.untagged)}"
        return
    yield f"link set {layout.trunk} up"
    for id in port.tagged:
        yield f"link add link {layout.trunk} name {USUAL.vlan(id)} type vlan id {id}"
