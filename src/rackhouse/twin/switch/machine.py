"""The switch as a machine: what a person signs in to, in the VLAN that it is managed in.

A real SSH server beside the Open vSwitch that the twin runs. Its `ovs-vsctl` is that of the machine
which the twin is on, whose files it sees read-only below /run/machine: so any root file system
will do. Where the switch is not an Open vSwitch, or the rack file says no `address`, there is none.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from rackhouse.desired.network.fabric import home_of
from rackhouse.desired.network.matrix import may
from rackhouse.desired.network.policy import SSH, policy
from rackhouse.rack.model import Rack, Switch
from rackhouse.rack.rules.finding import gateway_of, vlan_of
from rackhouse.rack.words import Role
from rackhouse.twin import connect, disk, node
from rackhouse.twin.holder import enter
from rackhouse.twin.home import SWITCH, Home
from rackhouse.twin.state import State
from rackhouse.twin.switch.model import Kind
from rackhouse.twin.switch.openvswitch import OpenVSwitch
from rackhouse.twin.tools import inside, ip_batch

_INTERFACE = "manage"
_MACHINE = "run/machine"
_SEEN = f"mkdir {_MACHINE}; mount --rbind / {_MACHINE}; mount -o remount,bind,ro {_MACHINE}"
_CLIENT = """\
#!/bin/sh
# That of the machine which the twin is on, with the twin's own database.
exec chroot /{machine} {program} --db=unix:{socket} "$@"
"""


def start(home: Home, state: State, rack: Rack, public: str) -> Mapping[str, int]:
    """Start it, and answer the process that holds it, for `node.wait`; nothing where there is none.

    `public` is the key that may sign in.
    """
    switch = _managed(rack)
    vlan = vlan_of(rack, switch.address) if switch else None
    if switch is None or vlan is None or state.switch is not Kind.OPENVSWITCH:
        return {}
    OpenVSwitch().manage(home, _INTERFACE, vlan.id)
    lines = [
        "link set lo up",
        f"link set {_INTERFACE} up",
        f"addr add {switch.address}/{vlan.subnet.prefixlen} dev {_INTERFACE}",
        f"route add default via {gateway_of(vlan)}",
    ]
    ip_batch(lines, namespace=home.namespace(SWITCH))
    disk.prepare(home.node(SWITCH), state.rootfs, switch.name, public)
    client = home.node(SWITCH) / "up/usr/local/bin/ovs-vsctl"
    client.parent.mkdir(parents=True)
    words = {"machine": _MACHINE, "program": shlex.quote(shutil.which("ovs-vsctl") or "ovs-vsctl")}
    socket = shlex.quote(str(home.switch / "db.sock"))
    client.write_text(_CLIENT.format(**words, socket=socket))
    client.chmod(0o755)
    return {SWITCH: node.start(home, state.rootfs, SWITCH, systemd=False, more=_SEEN)}


def address(home: Home, rack: Rack) -> Mapping[str, str] | None:
    """The address of the target `switch.<name>`; None where the twin has no such machine.

    As for nodes: from the desk where the rules let it, else a keyboard plugged in.
    """
    switch = _managed(rack)
    if switch is None or not home.node(SWITCH).is_dir():
        return None
    desk = next((each for each in rack.nodes if each.role == Role.DEV), None)
    here, there = (home_of(rack, desk) if desk else None), vlan_of(rack, switch.address)
    allowed = here is not None and there is not None and may(policy(rack), here, there, SSH)
    where = desk.name if desk is not None and allowed else SWITCH
    program = (sys.executable, "-IS", str(Path(connect.__file__)), str(switch.address), "22")
    return {
        "host": str(switch.address),
        "user": disk.USER,
        "key": str(home.key),
        "host_key": disk.host_key(home.node(SWITCH)),
        "proxy": shlex.join([*(enter(home.root) or ()), *inside(home.namespace(where), *program)]),
        "sudo": "yes",
    }


def _managed(rack: Rack) -> Switch | None:
    """The rack's switch, where something is spoken with it."""
    switch = rack.network.switch
    return switch if switch and switch.system and switch.address else None
