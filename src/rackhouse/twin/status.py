"""What is seen of a twin without sending a packet: power, cables, the switch's own table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.twin import node
from rackhouse.twin.faults import degraded, sockets
from rackhouse.twin.home import SWITCH, Home
from rackhouse.twin.namespaces import pids
from rackhouse.twin.state import State
from rackhouse.twin.switch import switch
from rackhouse.twin.tools import tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One node of the twin, now."""

    name: str
    role: str
    address: str
    vlan: int
    port: int
    power: bool
    cable: bool  # plugged in at the switch
    degraded: bool
    systemd: bool
    seen_in: int  # the VLAN in which the switch met it; 0: not yet, or it cannot tell


def boxes(home: Home, state: State) -> tuple[Box, ...]:
    """Every node, in the order of the rack file."""
    machines = state.layout.machines
    running = pids(home.namespace(machine.name) for machine in machines)
    links = _links(home)
    slow = degraded(home)
    seen = switch(state.switch).seen(home)
    return tuple(
        Box(
            name=machine.name,
            role=machine.role,
            address=machine.address,
            vlan=machine.vlan,
            port=machine.port,
            power=node.runs(running[home.namespace(machine.name)]),
            cable=all(links.get(socket, False) for socket in sockets(state, machine)),
            degraded=any(socket in slow for socket in sockets(state, machine)),
            systemd=machine.name in state.systemd,
            seen_in=seen.get(machine.mac, 0) if machine.name != state.layout.router else 0,
        )
        for machine in machines
    )


def _links(home: Home) -> Mapping[str, bool]:
    """Whether each interface of the switch's namespace is up."""
    shown = json.loads(tool(["ip", "-n", home.namespace(SWITCH), "-json", "link", "show"]))
    return {link["ifname"]: "UP" in link["flags"] for link in shown}
