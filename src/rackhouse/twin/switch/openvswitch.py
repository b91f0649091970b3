"""Open vSwitch with its own datapath, which needs nothing from the kernel but packets.

Two bridges. `switch0` is the rack's, configured by the very commands that Rackhouse compiles for
one. `router` stands for the router's own 802.1Q, which this kernel may lack: its end of the trunk,
and an interface for each VLAN, which is then moved to where the router is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from rackhouse.desired.network.fabric import Fabric, Use
from rackhouse.desired.network.names import USUAL
from rackhouse.desired.network.openvswitch import render
from rackhouse.kit.files import make_folder
from rackhouse.twin.home import ROUTER, SWITCH, Home
from rackhouse.twin.plan import Layout
from rackhouse.twin.tools import inside, ip_batch, tool

PROGRAMS = ("ovs-vsctl", "ovs-appctl", "ovsdb-tool", "ovsdb-server", "ovs-vswitchd")
_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
_BRIDGE = "switch0"
_NETDEV = "netdev"


class OpenVSwitch:
    """See `model.Switch`."""

    def cables(self, home: Home, layout: Layout) -> Sequence[str]:
        """The trunk ends beside the switch, since its far end is a bridge there."""
        where = home.namespace(SWITCH)
        near = USUAL.socket(layout.uplink)
        return [
            f"link add name {near} netns {where} type veth peer name {USUAL.trunk} netns {where}"
        ]

    def start(self, home: Home, layout: Layout, fabric: Fabric) -> None:
        """Start the database and the daemon, configure both bridges, hand the router its end."""
        self._daemons(home)
        ip_batch(list(_unused(fabric)), namespace=home.namespace(SWITCH))
        self.configure(home, fabric)
        gateways = {gateway.vlan: USUAL.vlan(gateway.vlan) for gateway in layout.gateways}
        far = render(fabric, "router", {layout.uplink: USUAL.trunk}, gateways, _NETDEV)
        self._set(home, far)
        router = home.namespace(layout.router or ROUTER)
        ip_batch(
            [f"link set {name} netns {router}" for name in gateways.values()]
            + [f"link set {USUAL.trunk} up"],
            namespace=home.namespace(SWITCH),
        )

    def configure(self, home: Home, fabric: Fabric) -> None:
        """By the rack's own commands."""
        names = {port.number: USUAL.socket(port.number) for port in fabric.ports}
        self._set(home, render(fabric, _BRIDGE, names, datapath=_NETDEV))

    def uplinks(self, layout: Layout) -> Sequence[str]:
        """One socket, for all VLANs."""
        return (USUAL.socket(layout.uplink),)

    def seen(self, home: Home, /) -> Mapping[str, int]:
        """From its table of addresses (port, VLAN, MAC, age): where each was met last."""
        target = f"--target={home.switch / 'switch.ctl'}"
        table = tool(["ovs-appctl", target, "fdb/show", _BRIDGE]).splitlines()[1:]
        rows = [row.split() for row in table if not row.endswith("static")]
        rows.sort(key=lambda row: int(row[3]), reverse=True)
        return {mac: int(vlan) for _, vlan, mac, _ in rows}

    def _daemons(self, home: Home) -> None:
        folder = home.switch
        make_folder(folder)
        tool(["ovsdb-tool", "create", str(folder / "conf.db"), _SCHEMA])
        for program, words in (
            ("ovsdb-server", [str(folder / "conf.db"), f"--remote=punix:{folder / 'db.sock'}"]),
            ("ovs-vswitchd", [f"unix:{folder / 'db.sock'}"]),
        ):
            own = [f"--pidfile={folder / program}.pid", f"--log-file={folder / program}.log"]
            control = "switch" if program == "ovs-vswitchd" else "db"
            argv = [program, *words, *own, f"--unixctl={folder / control}.ctl", "--detach"]
            tool(inside(home.namespace(SWITCH), *argv, "--no-chdir", "-vconsole:off"))

    def manage(self, home: Home, name: str, vlan: int) -> None:
        """An interface of its own in a VLAN, by which the switch itself is reached."""
        words = ("--may-exist", "add-port", _BRIDGE, name, f"tag={vlan}", "vlan_mode=access")
        self._set(home, [(*words, "--", "set", "interface", name, "type=internal")])

    def _set(self, home: Home, lines: Sequence[Sequence[str]]) -> None:
        """All in one transaction."""
        joined = list(chain.from_iterable(("--", *line) for line in lines))
        tool(["ovs-vsctl", f"--db=unix:{home.switch / 'db.sock'}", "--timeout=20", *joined])


def _unused(fabric: Fabric) -> Iterator[str]:
    """Sockets in which nothing is: a cable whose other end lies on the floor."""
    for port in fabric.ports:
        if port.use is Use.FREE:
            yield f"link add name {USUAL.socket(port.number)} type veth peer name end{port.number}"
