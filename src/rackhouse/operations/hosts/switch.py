"""The managed switch joins like a machine: which it is, and where."""

from __future__ import annotations

from ipaddress import IPv4Address

from rackhouse.kit.errors import Refused
from rackhouse.operations.hosts.first_start import named
from rackhouse.rack.model import Rack, Switch
from rackhouse.rack.words import SwitchSystem

_MACHINE = "pi"  # who signs in to a machine, and who to a switch
_SWITCH = "root"


def switch_named(rack: Rack, name: str) -> Switch | None:
    """The rack's switch, if that is its name and it is told its VLANs over SSH.

    Refused where it is one that only a person can tell them.
    """
    own = rack.network.switch
    if own is None or own.name != name:
        return None
    if own.system in ("", SwitchSystem.ROUTEROS):
        how = "checklist" if not own.system else "render routeros"
        raise Refused(
            f"{name} is not told its VLANs over SSH" if not own.system else _NEVER.format(name),
            fix=f"rackhouse network {how} says what to do there; or see network.switch.system",
        )
    return own


_NEVER = "{} has RouterOS, whose words Rackhouse writes and has never said to a device"


def is_spoken_to(rack: Rack, name: str) -> bool:
    """Whether that is a switch with a target of its own. (A Linux one is a machine.)"""
    own = switch_named(rack, name)
    return own is not None and own.system == SwitchSystem.OPENVSWITCH


def written(rack: Rack, name: str) -> tuple[str, IPv4Address | None, str]:
    """Of the node or switch of that name: where the file has it, its address, who signs in."""
    own = switch_named(rack, name)
    if own is not None:
        return "network.switch", own.address, own.user or _SWITCH
    return f"nodes.{name}", named(rack, name).address, _MACHINE
