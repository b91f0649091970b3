"""What a machine without power forgets: its network's settings, rules, addresses and interfaces.

A node gets a new network namespace, and its cable with the same socket and MAC address; what it
shall have in it, it loads from its disk as it boots, or it has it not. The router keeps its
interfaces, which are the twin's own work, and loses all that was set in them.
"""

from __future__ import annotations

from rackhouse.twin.cabling import addresses, recall
from rackhouse.twin.home import SWITCH, Home
from rackhouse.twin.plan import Layout, Machine
from rackhouse.twin.tools import inside, ip_batch, tool

_FORGETS = "nft flush ruleset; echo 0 >/proc/sys/net/ipv4/ip_forward"
_APPLIED = "up/etc/rackhouse/*.nft"  # rules that an apply put on the router's disk


def forget_memory(home: Home, layout: Layout, machine: Machine) -> None:
    """Of a machine that is off. Again after a kill half-way."""
    where = home.namespace(machine.name)
    if machine.name == layout.router:
        tool(inside(where, "sh", "-c", _FORGETS))
        if not any(home.node(machine.name).glob(_APPLIED)):
            recall(home, layout)
        return
    aside = f"cable{machine.port}"
    if where in home.namespaces():
        links = tool(["ip", "-n", home.namespace(SWITCH), "-brief", "link", "show"])
        if aside not in (row.partition("@")[0] for row in links.splitlines()):
            take = f"link set eth0 netns {home.namespace(SWITCH)} name {aside}"
            ip_batch(["link set eth0 down", take], namespace=where)
        ip_batch([f"netns del {where}"])
    ip_batch([f"netns add {where}"])
    ip_batch([f"link set {aside} netns {where} name eth0"], namespace=home.namespace(SWITCH))
    ip_batch([*addresses(machine)], namespace=where)
