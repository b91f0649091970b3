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
        if isinstance(measured.get(node.name), Unavailable) and node.address is not None:
            yield from _one(rack, node, reached)


def _one(rack: Rack, node: Node, reached: Mapping[str, Examined]) -> Iterator[Finding]:
    """Where there are no VLANs, all machines are on one network."""
    vlan = vlan_of(rack, node.address)
    where = {each.name: vlan_of(rack, each.address) for each in rack.nodes}
    found = {name: each.health.heard.get(str(node.address)) for name, each in reached.items()}
    heard = {name: macs for name, macs in sorted(found.items()) if macs}
    near = sorted(name for name in reached if where.get(name) == vlan)
    port = f"port {node.port}" if node.port else "its switch port"
    if hears := next((name for name in heard if where.get(name) == vlan), ""):
        what = f"{hears} hears it on the wire ({', '.join(heard[hears])}), so it runs and is cabled"
        yield _found(node, "heard", what, "look at its SSH (systemctl status ssh) and firewall")
    elif hears := next(iter(heard), ""):
        what = (
            f"{hears} hears it: {port} is in {_vlan(where[hears])}, and should be in {_vlan(vlan)}"
        )
        fix = f"`rackhouse network checklist` says how {port} shall be set"
        yield _found(node, "wrong-vlan", what, fix)
    elif near:
        what = f"no machine of its network hears it either ({', '.join(near)} listened)"
        fix = f"is it on, is its cable in {port}, and is that in {_vlan(vlan)}?"
        yield _found(node, "not-heard", what, fix if vlan else "is it on, and is its cable in?")


def _vlan(vlan: Vlan | None) -> str:
    return f"VLAN {vlan.id} ({vlan.name})" if vlan else "no VLAN"


def _found(node: Node, rule: str, what: str, fix: str) -> Finding:
    return Finding(rule=rule, node=node.name, what=what, fix=fix, why=_WHY)
