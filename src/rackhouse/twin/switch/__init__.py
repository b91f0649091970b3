"""The twin's switch: one interface, and what can be one on this machine.

The kernel's bridge and Open vSwitch's own datapath do real 802.1Q; the first needs a kernel that
has it, the second a package. Where neither is there, one plain bridge per VLAN stands in: routing
and firewall are then tested, the switch's configuration is not, and every answer says so.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.rack.words import SwitchSystem
from rackhouse.twin.switch.kernel import KernelBridge, has_vlans
from rackhouse.twin.switch.model import Kind, Switch
from rackhouse.twin.switch.openvswitch import PROGRAMS, OpenVSwitch
from rackhouse.twin.switch.plain import PlainBridges

_TAP = Path("/dev/net/tun")  # by which Open vSwitch's own datapath gives the router interfaces
_SWITCHES: dict[Kind, type[Switch]] = {
    Kind.KERNEL: KernelBridge,
    Kind.OPENVSWITCH: OpenVSwitch,
    Kind.PLAIN: PlainBridges,
}


def probe(wish: Kind | None = None, *, speaks: str = "") -> Kind:
    """`wish`, or the best kind that this machine has: one that is spoken to as the rack file says
    the switch is, the kernel's, Open vSwitch. HostError where it lacks what is wished for.
    """
    if wish:
        if lack := _lack(wish):
            raise lack
        return wish
    first = [Kind.OPENVSWITCH] if speaks == SwitchSystem.OPENVSWITCH else []
    able = (kind for kind in (*first, *Kind) if _lack(kind) is None)
    return next(able, Kind.PLAIN)


def _lack(kind: Kind) -> HostError | None:
    """Why this machine has no such switch."""
    if kind is Kind.KERNEL and not has_vlans():
        return HostError(
            "this machine's kernel has no bridge that filters VLANs, or no 802.1Q",
            fix="modprobe -a bridge 8021q; if it has neither, leave --switch out, or name another",
        )
    if kind is Kind.OPENVSWITCH and not all(map(shutil.which, PROGRAMS)):
        return HostError(
            "Open vSwitch is not installed on this machine",
            fix="sudo apt install openvswitch-switch; or take `--switch plain`",
        )
    if kind is Kind.OPENVSWITCH and not os.access(_TAP, os.R_OK | os.W_OK):
        lacks = "this account may not open" if _TAP.exists() else "is missing on this machine"
        return HostError(
            f"Open vSwitch needs {_TAP}, which {lacks}",
            fix=f"sudo modprobe tun; sudo chmod 666 {_TAP}; or take `--switch plain`",
        )
    return None


def switch(kind: Kind) -> Switch:
    """The switch of that kind."""
    return _SWITCHES[kind]()
