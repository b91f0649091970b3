"""The fabric for a switch that has only a web page: a table, and a list to tick off. Pure.

Web pages differ in words, not in what they ask: which VLANs there are, who is in each (untagged or
tagged), and each port's PVID. The list is in the order that locks nobody out.
"""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.desired.network import ticks
from rackhouse.desired.network.fabric import Fabric, SwitchPort, Use
from rackhouse.desired.network.matrix import may
from rackhouse.desired.network.policy import Policy, Port
from rackhouse.rack.model import Vlan

Row = tuple[str, ...]

HEAD: Row = ("port", "plugged in", "PVID", "untagged", "tagged", "accept", "ingress filtering")
_ACCEPT = {Use.ACCESS: "untagged only", Use.FREE: "untagged only", Use.TRUNK: "tagged only"}
_PAGE = (Port("tcp", 80), Port("tcp", 443))


def rows(fabric: Fabric) -> tuple[Row, ...]:
    """A row for each port, under `HEAD`."""
    return tuple(_row(fabric, port) for port in fabric.ports)


def checklist(fabric: Fabric, policy: Policy, *, as_markdown: bool = False) -> str:
    """What to do on the switch's page, step by step."""
    title = f"The switch {fabric.switch} of the rack {fabric.rack}"
    table = ticks.columns(HEAD, rows(fabric), as_markdown=as_markdown)
    return ticks.render(title, table, _parts(fabric, policy), as_markdown=as_markdown)


def name_of(fabric: Fabric, id: int) -> str:
    """`20 cluster`, and `999 parking` for where free ports are."""
    names = {vlan.id: vlan.name for vlan in fabric.vlans}
    return f"{id} {names.get(id, 'parking')}"


def plugged(fabric: Fabric, port: SwitchPort) -> str:
    """What is in a socket, for people."""
    if port.use is Use.TRUNK:
        return f"router {port.node or fabric.router}"
    return port.node or {Use.ACCESS: "the way out", Use.FREE: "-"}[port.use]


def _row(fabric: Fabric, port: SwitchPort) -> Row:
    return (
        str(port.number),
        plugged(fabric, port),
        str(port.untagged),
        "-" if port.use is Use.TRUNK else name_of(fabric, port.untagged),
        ", ".join(map(str, port.tagged)) or "-",
        _ACCEPT[port.use],
        "on",
    )


def _parts(fabric: Fabric, policy: Policy) -> Iterator[ticks.Part]:
    ids = [*(vlan.id for vlan in fabric.vlans), fabric.parking]
    yield ticks.Part(
        "Before you begin",
        (
            "save the present configuration to a file (most pages call it Backup)",
            "sit at a machine that is plugged into the switch itself, and stay on this page",
        ),
    )
    made = (f"make the VLAN {name_of(fabric, id)}" for id in ids if id != 1)
    enabled = "802.1Q VLAN (not port-based VLAN): enabled"
    yield ticks.Part("Turn on 802.1Q VLANs", (enabled, *made))
    who = tuple(_membership(fabric, id) for id in ids if id != 1)
    yield ticks.Part("Say who is in which VLAN; leave VLAN 1 as it is for now", who)
    pvids = tuple(_pvid(fabric, port) for port in fabric.ports)
    yield ticks.Part("Set the PVID of each port", pvids)
    frames = tuple(_frames(fabric))
    yield ticks.Part("Say what each port takes, where the page offers it", frames)
    yield ticks.Part("Close the door behind you", tuple(_close(fabric, policy)))


def _membership(fabric: Fabric, id: int) -> str:
    flat = (port for port in fabric.ports if port.use is not Use.TRUNK)
    untagged = [str(port.number) for port in flat if port.untagged == id]
    tagged = [str(port.number) for port in fabric.ports if id in port.tagged]
    said = [f"untagged {', '.join(untagged)}"] if untagged else []
    said += [f"tagged {', '.join(tagged)}"] if tagged else []
    return f"VLAN {name_of(fabric, id)}: {'; '.join(said) or 'nobody'}; all others: not a member"


def _pvid(fabric: Fabric, port: SwitchPort) -> str:
    whose = "free" if port.use is Use.FREE else plugged(fabric, port)
    return f"port {port.number}: PVID {port.untagged} ({whose})"


def _frames(fabric: Fabric) -> Iterator[str]:
    yield "ingress filtering: on, for every port"
    if trunks := [str(port.number) for port in fabric.ports if port.use is Use.TRUNK]:
        yield f"accept tagged frames only: port {', '.join(trunks)}"
    yield "accept untagged frames only: every other port"


def _close(fabric: Fabric, policy: Policy) -> Iterator[str]:
    own = fabric.address
    near = (vlan for vlan in policy.vlans if own and own in vlan.subnet)
    home = next(near, policy.management)
    assert home is not None, "a fabric has VLANs"
    yield from _who(fabric, policy, home)
    yield f"the switch's own management VLAN, where the page offers it: {home.id} ({home.name})"
    if own:
        yield f"its own address: {own}/{home.subnet.prefixlen}"
    if any(vlan.id == 1 for vlan in fabric.vlans):
        yield f"{_membership(fabric, 1)}; the one that you sit at last"
    else:
        yield "take every port out of VLAN 1, the one that you sit at last"
    yield "save, so that it survives a power cut (some pages call it Save Config)"
    yield "prove it: try from two machines what `rackhouse network matrix` says"


def _who(fabric: Fabric, policy: Policy, home: Vlan) -> Iterator[str]:
    others = [
        vlan.name
        for vlan in policy.vlans
        if vlan != home and any(may(policy, vlan, home, port) for port in _PAGE)
    ]
    yield f"know that the switch's page will answer in {', '.join([home.name, *others])} alone"
    if not others and all(port.untagged != home.id for port in fabric.ports):
        yield (
            f"no machine is there or may go there: first add a `reach` rule to {home.name} with"
            " ports: [http, https], from where you sit"
        )
