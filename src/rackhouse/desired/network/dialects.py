"""The dialects by name, in one table: what each is for, and what it makes of a rack. Pure.

To add one: write a module that turns a fabric or a policy into text, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rackhouse.desired.network import dnsmasq, linux, nftables, openvswitch, routeros, table
from rackhouse.desired.network.fabric import fabric
from rackhouse.desired.network.names import Interfaces
from rackhouse.desired.network.policy import managed_in, policy
from rackhouse.rack.model import Rack, Vlan

Files = Mapping[str, str]  # path from the root of the machine that it is for -> text
Compile = Callable[[Rack, str, Interfaces], Files]  # the rack, its file's name, interfaces


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a dialect is for, and how a rack is put into it."""

    what: str
    files: Compile


def joined(files: Files) -> str:
    """All files as one text, each under its path; a single one as it is."""
    if len(files) == 1:
        return next(iter(files.values()))
    return "\n".join(f"==> {path} <==\n{text}" for path, text in files.items())


def _management(rack: Rack) -> Vlan:
    found = managed_in(rack)
    assert found is not None, "a fabric has VLANs"
    return found


def _openvswitch(rack: Rack, file: str, names: Interfaces) -> Files:
    made = fabric(rack, file)
    sockets = {port.number: names.socket(port.number) for port in made.ports}
    lines = ("#!/bin/sh", "set -eu", *openvswitch.commands(made, "switch0", sockets))
    return {"switch.sh": "\n".join(lines) + "\n"}


def _linux_switch(rack: Rack, file: str, names: Interfaces) -> Files:
    made = fabric(rack, file)
    return linux.switch(made, _management(rack), names)


def _routeros(rack: Rack, file: str, _: Interfaces) -> Files:
    made = fabric(rack, file)
    return {"switch.rsc": routeros.render(made, _management(rack))}


def _checklist(rack: Rack, file: str, _: Interfaces) -> Files:
    made = fabric(rack, file)
    return {"switch.md": table.checklist(made, policy(rack), as_markdown=True)}


DIALECTS: Mapping[str, Dialect] = {
    "linux-router": Dialect(
        "a Linux machine as the router: systemd-networkd, nftables, dnsmasq",
        lambda rack, _, names: linux.router(rack, names),
    ),
    "linux-switch": Dialect(
        "a Linux machine as the switch: a bridge that filters VLANs, by systemd-networkd",
        _linux_switch,
    ),
    "openvswitch": Dialect("Open vSwitch, as a shell script", _openvswitch),
    "routeros": Dialect("a MikroTik switch; never run on a device", _routeros),
    "checklist": Dialect("a switch that has only a web page, in Markdown", _checklist),
    "nftables": Dialect(
        "who may reach whom, for a Linux router",
        lambda rack, _, names: {linux.RULES: nftables.render(rack, names)},
    ),
    "dnsmasq": Dialect(
        "addresses and private names, for a Linux router",
        lambda rack, _, names: {dnsmasq.FILE: dnsmasq.render(rack, names)},
    ),
}
