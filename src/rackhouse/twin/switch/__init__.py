"""The twin's switch: one interface, and what can be one on this machine.

The kernel's bridge and Open vSwitch's own datapath do real 802.1Q; the first needs a kernel that
has it, the second a package. Where neither is there, one plain bridge per VLAN stands in: routing
and firewall are then tested, the switch's configuration is not, and every answer says so.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from rackhouse.kit.errors import HostError
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


def probe(wish: Kind | None = None) -> Kind:
    """The best kind that this machine has, or `wish`. HostError where it lacks that."""
    if wish is Kind.PLAIN:
        return wish
    if wish is not Kind.OPENVSWITCH and has_vlans():
        return Kind.KERNEL
    if wish is Kind.KERNEL:
        raise HostError(
            "this machine's kernel has no bridge that filters VLANs, or no 802.1Q",
            fix="modprobe -a bridge 8021q; if it has neither, leave --switch out, or name another",
        )
    has = _TAP.exists() and all(shutil.which(name) for name in PROGRAMS)
    if wish is Kind.OPENVSWITCH and not has:
        lacks = "is not installed on" if _TAP.exists() else f"needs {_TAP}, which is missing on"
        raise HostError(
            f"Open vSwitch {lacks} this machine",
            fix="sudo apt install openvswitch-switch; modprobe tun; or take `--switch plain`",
        )
    return Kind.OPENVSWITCH if has else Kind.PLAIN


def switch(kind: Kind) -> Switch:
    """The switch of that kind."""
    return _SWITCHES[kind]()
