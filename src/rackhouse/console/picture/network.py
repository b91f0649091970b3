"""The switch with its ports, the networks on it, and the machines plugged in, where the rack file
has them. One function for both layouts: they differ in width alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from rackhouse.console.picture.cards import Box, node_card
from rackhouse.console.picture.colours import colour_of
from rackhouse.console.picture.svg import NOTHING, box, el, fit, path, text
from rackhouse.operations.view import NodeView, RackView, SwitchView, VlanView

_PORT, _PORT_AT_MOST = 26, 64  # from one port to the next
_LABEL = 90  # of the switch, before its ports
_NODE = 150  # least width of a machine's card
_NODE_HEIGHT = 70
_GAP = 14
_LAST = 10**6  # machines that are plugged in nowhere come last


def network(
    view: RackView, width: float, marks: Mapping[str, str] = MappingProxyType({})
) -> tuple[Markup, float]:
    """The drawing, from y = 0 down, and its height; nothing and 0 where the file has no network.
    `marks` has a tone (`good`, `bad`, `off`) by machine.
    """
    if not view.nodes and view.switch is None:
        return NOTHING, 0
    ids = [vlan.id for vlan in view.vlans]
    colours = {vlan.name: colour_of(vlan.id, ids) for vlan in view.vlans}
    legend, y = _legend(view.vlans, colours, width)
    drawn: list[Markup] = [legend]
    ports: dict[int, tuple[float, float]] = {}
    if view.switch:
        switch, ports, y = _switch(view.switch, view.nodes, colours, width, y)
        drawn.append(switch)
    nodes = sorted(view.nodes, key=lambda node: node.port or _LAST)  # so that no cables cross
    cables = len({foot for _, foot in ports.values()}) == 1  # else other ports would be in the way
    boxes, y = _places(len(nodes), width, y + (34 if cables else 14))
    for node, at in zip(nodes, boxes, strict=True):
        if cables and node.port in ports and at.y == boxes[0].y:
            drawn.append(_cable(ports[node.port], at, colours.get(node.vlan, "")))
        drawn.append(node_card(node, colours.get(node.vlan, "none"), at, marks.get(node.name, "")))
    return el("g", *drawn, class_="network"), y


def _legend(
    vlans: Sequence[VlanView], colours: Mapping[str, str], width: float
) -> tuple[Markup, float]:
    drawn, x, y = [], 2.0, 0.0
    for vlan in vlans:
        words = f"{vlan.name} {vlan.id}"
        room = 36 + len(words) * 7.8
        if x + room > width:
            x, y = 2.0, y + 24
        title = el("title", f"VLAN {vlan.id}, {vlan.subnet}")
        swatch = box(x, y + 4, 12, 12, f"vlan {colours[vlan.name]}", radius=3)
        drawn.append(el("g", title, swatch, text(words, x + 18, y + 15, "soft")))
        x += room
    return el("g", *drawn), y + 30 if drawn else 0.0


def _switch(
    switch: SwitchView,
    nodes: Sequence[NodeView],
    colours: Mapping[str, str],
    width: float,
    top: float,
) -> tuple[Markup, dict[int, tuple[float, float]], float]:
    """The switch, the foot of each port that is drawn, and where it ends."""
    used = {node.port: node for node in nodes if node.port}
    room = width - _LABEL - 16
    row = min(switch.ports, max(1, int(room / _PORT)))
    pitch = min(_PORT_AT_MOST, room / row)
    drawn, feet = [], {}
    for number in range(1, switch.ports + 1):
        x = _LABEL + (number - 1) % row * pitch
        y = top + 14 + (number - 1) // row * 36
        node = used.get(number)
        plug = _Plug(
            number=number,
            uplink=number == switch.uplink,
            name=node.name if node else "",
            colour=colours.get(node.vlan, "") if node else "",
        )
        drawn.append(_port(plug, x, y))
        feet[number] = (x + 10, y + 16)
    height = 20 + (-(-switch.ports // row)) * 36
    frame = box(1, top, width - 2, height, "switch", radius=10)
    name = text(fit(switch.name, _LABEL - 20), 16, top + 31, "name")
    return el("g", frame, name, *drawn), feet, top + height


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plug:
    """A port, and what is plugged into it."""

    number: int
    uplink: bool
    name: str
    colour: str

    @property
    def to(self) -> str:
        return self.name or ("the router" if self.uplink else "nothing")


def _port(plug: _Plug, x: float, y: float) -> Markup:
    kind = f"vlan {plug.colour}" if plug.colour else ("taken" if plug.name else "")
    arrow = path(f"M{x + 5} {y + 10}l5-5 5 5", "arrow") if plug.uplink else NOTHING
    return el(
        "g",
        el("title", f"port {plug.number} leads to {plug.to}"),
        box(x, y, 20, 16, f"port {kind}", radius=3),
        arrow,
        text(str(plug.number), x + 10, y + 29, "tiny", "middle"),
    )


def _cable(foot: tuple[float, float], at: Box, colour: str) -> Markup:
    """From a port, between the numbers below it, down to the machine's card."""
    (x, y), middle = foot, at.x + at.width / 2
    bend = at.y - 16
    way = f"M{x:g} {y + 16:g}C{x:g} {bend + 8:g} {middle:g} {y + 18:g} {middle:g} {at.y:g}"
    return path(way, f"cable {colour}")


def _places(count: int, width: float, top: float) -> tuple[list[Box], float]:
    """Cards in rows that fill the width."""
    most = max(1, int((width + _GAP) / (_NODE + _GAP)))
    rows = -(-count // most)
    across = -(-count // rows) if rows else 1  # rows of the same length
    each = min(240, (width - _GAP * (across - 1)) / across)
    boxes = [
        Box(
            index % across * (each + _GAP),
            top + index // across * (_NODE_HEIGHT + _GAP),
            each,
            _NODE_HEIGHT,
        )
        for index in range(count)
    ]
    return boxes, top + rows * (_NODE_HEIGHT + _GAP)
