"""What a fresh image is told at its first start: cloud-init's NoCloud seed of one node. Pure.

Enough that Rackhouse can reach the machine, and no more: its name, an account that the rack's key
opens, its address. All else comes with the first apply. Raspberry Pi OS (since November 2025),
Debian's cloud images and Ubuntu read these files from the first partition (`system-boot`,
`bootfs`); the same settings can be typed into Raspberry Pi Imager.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from rackhouse.kit.errors import Missing
from rackhouse.rack.model import Node, Rack, Vlan
from rackhouse.rack.rules.finding import gateway_of

LOGIN = "pi"
_DHCP = {"dhcp4": True}


def seed(rack: Rack, node: Node, public_key: str) -> Mapping[str, str]:
    """The files by name. `public_key` is a line of authorized_keys. Missing: it has no address."""
    if node.address is None:
        raise Missing(
            f"nodes.{node.name} has no address to be reached at",
            fix=f"write nodes.{node.name}.address into the rack file",
        )
    user = {
        "name": LOGIN,
        "groups": "sudo",
        "shell": "/bin/bash",
        "sudo": "ALL=(ALL) NOPASSWD:ALL",
        "lock_passwd": True,
        "ssh_authorized_keys": [public_key],
    }
    config = {"hostname": node.name, "manage_etc_hosts": True, "ssh_pwauth": False, "users": [user]}
    about = {"instance-id": f"{rack.name}-{node.name}", "local-hostname": node.name}
    return {
        "user-data": "#cloud-config\n" + _yaml(config),
        "meta-data": _yaml(about),
        "network-config": _yaml({"version": 2, "ethernets": {"wired": _wired(rack, node)}}),
    }


def _wired(rack: Rack, node: Node) -> Mapping[str, object]:
    """Any wired interface: what it is called (eth0, end0, enp1s0) depends on the kernel."""
    match: dict[str, object] = {"match": {"name": "e*"}}
    vlan = _vlan(rack, node)
    if vlan is None:
        return match | _DHCP
    gateway = str(gateway_of(vlan))
    return match | {
        "dhcp4": False,
        "addresses": [f"{node.address}/{vlan.subnet.prefixlen}"],
        "routes": [{"to": "default", "via": gateway}],
        "nameservers": {"addresses": [gateway], "search": [rack.domain]},
    }


def _vlan(rack: Rack, node: Node) -> Vlan | None:
    return next((vlan for vlan in rack.network.vlans if node.address in vlan.subnet), None)


def _yaml(value: object) -> str:
    """JSON is YAML, and nothing in it can be misread: `no` stays a word."""
    return json.dumps(value, indent=2) + "\n"
