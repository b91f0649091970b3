"""What it looks like that a machine does not answer, by what the others hear. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rackhouse.kit.errors import RackhouseError, Unavailable
from rackhouse.operations.hosts.health import Examined
from rackhouse.rack.model import Node, Rack, Vlan
from rackhouse.rack.rules.finding import vlan_of
from rackhouse.rack.verdict import Finding

_WHY = (
    "A machine answers to its address on the wire whatever its SSH does, so a machine that is heard"
    " runs, and where it is heard is the VLAN that its port is in."
)


def silent(rack: Rack, measured: Mapping[str, Examined | RackhouseError]) -> Iterator[Finding]:
    """A line for each that could not be reached and that others have listened for."""
    reached = {name: each for name, each in measured.items() if isinstance(each, Examined)}
    for node in rack.nodes:
        vlan = vlan_of(rack, node.address)
        if isinstance(measured.get(node.name), Unavailable) and vlan is not None:
            yield from _one(rack, node, vlan, reached)


def _one(rack: Rack, node: Node, vlan: Vlan, reached: Mapping[str, Examined]) -> Iterator[Finding]:
    where = {each.name: vlan_of(rack, each.address) for each in rack.nodes}
    near = [name for name in reached if where.get(name) == vlan]
    heard = {
        n: of for n, each in reached.items() if (of := each.health.heard.get(str(node.address)))
    }
    port = f"port {node.port}" if node.port else "its switch port"
    for name, macs in sorted(heard.items()):
        there = where.get(name)
        if there == vlan:
            what = f"{name} hears it on the wire ({', '.join(macs)}), so it runs and is cabled"
            yield _found(node, "heard", what, "look at its SSH (systemctl status ssh) and firewall")
        elif there is not None:
            is_, should = f"VLAN {there.id} ({there.name})", f"VLAN {vlan.id} ({vlan.name})"
            what = f"{name} hears it: {port} is in {is_}, and should be in {should}"
            fix = f"`rackhouse network checklist` says how {port} shall be set"
            yield _found(node, "wrong-vlan", what, fix)
        return
    if near:
        what = f"no machine of its VLAN hears it either ({', '.join(sorted(near))} listened)"
        fix = f"is it on, is its cable in {port}, and is that in VLAN {vlan.id} ({vlan.name})?"
        yield _found(node, "not-heard", what, fix)


def _found(node: Node, rule: str, what: str, fix: str) -> Finding:
    return Finding(rule=rule, node=node.name, what=what, fix=fix, why=_WHY)
