"""Cards: a part, an application, a node. And the mark of a state: colour, shape and word."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from rackhouse.console.picture.svg import NOTHING, box, el, fit, link, path, text
from rackhouse.kit.text import format_bytes
from rackhouse.operations.view import BROKEN, SETTLED, AppView, NodeView, PartView
from rackhouse.supervisor.unit import Phase

HEIGHT = 58
_INSET = 40  # where the words of a card with a mark begin


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is drawn."""

    x: float
    y: float
    width: float
    height: float = HEIGHT

    @property
    def left(self) -> tuple[float, float]:
        """The middle of its left side, where lines come in."""
        return self.x, self.y + self.height / 2

    @property
    def right(self) -> tuple[float, float]:
        """The middle of its right side, where lines go out."""
        return self.x + self.width, self.y + self.height / 2


def tone(phase: Phase) -> str:
    """`good`, `bad`, `off` or `busy`: the class that a phase is coloured by."""
    if phase in SETTLED:
        return "good"
    if phase in BROKEN:
        return "bad"
    return "off" if phase in {Phase.STOPPED, Phase.STOPPING} else "busy"


def mark(phase: Phase, x: float, y: float) -> Markup:
    """The sign of a phase."""
    return sign(tone(phase), x, y)


def sign(tone: str, x: float, y: float) -> Markup:
    """A tick in a disc, a point in a triangle, an empty square, or a ring that turns."""
    match tone:
        case "good":
            shape = el("circle", cx=x, cy=y, r=8), path(f"M{x - 3.6} {y}l2.6 2.8 4.8-5.4", "on")
        case "bad":
            point = el("circle", cx=x, cy=y + 4.6, r=1.1, class_="dot")
            shape = path(f"M{x} {y - 9}l9.5 16.5h-19z", ""), path(f"M{x} {y - 3}v4.6", "on") + point
        case "off":
            shape = box(x - 6.5, y - 6.5, 13, 13, "hollow", radius=2), NOTHING
        case _:
            shape = el("circle", cx=x, cy=y, r=7, class_="hollow turning"), NOTHING
    return el("g", *shape, class_=f"mark {tone}")


def part_card(part: PartView, at: Box) -> Markup:
    """A part: its state, address and memory."""
    words = [part.name, part.phase.value, part.address.partition(":")[2], _size(part.memory)]
    title = f"{part.name}: {part.why or part.phase.value}"
    return _card(f"/parts/{part.name}", title, words, part.phase, at)


def app_card(app: AppView, at: Box) -> Markup:
    """An application: its state, release and memory."""
    release = f"r{app.release}" if app.release else ""
    words = [app.name, app.phase.value, release, _size(app.memory) or app.kind]
    title = f"{app.name}: {app.why or app.phase.value}"
    return _card(f"/applications/{app.name}", title, words, app.phase, at)


def more_card(count: int, at: Box) -> Markup:
    """For applications that do not fit into the picture."""
    label = f"{count} more in the list below"
    return link(
        "#applications",
        label,
        box(at.x, at.y, at.width, at.height, "card"),
        text(f"and {count} more", at.x + 16, at.y + 35, "soft"),
        class_="thing",
    )


def node_card(node: NodeView, colour: str, at: Box, tone: str = "") -> Markup:
    """A machine: its role, board and address, with the colour of its network at the side, and the
    sign of its `tone` where that is known.
    """
    kind = " \u00b7 ".join(word for word in (node.role, node.board) if word)
    room = at.width - (52 if tone else 28)
    return link(
        f"/machines#machine-{node.name}",
        ", ".join(filter(None, (node.name, node.role, node.address))),
        box(at.x, at.y, at.width, at.height, "card"),
        box(at.x, at.y + 10, 4, at.height - 20, f"vlan {colour}", radius=2),
        text(fit(node.name, room), at.x + 16, at.y + 24, "name"),
        text(fit(kind, at.width - 28, 12), at.x + 16, at.y + 42, "soft"),
        text(fit(node.address, at.width - 28, 12), at.x + 16, at.y + 58, "soft number"),
        sign(tone, at.x + at.width - 20, at.y + 20) if tone else NOTHING,
        class_="thing",
    )


def _card(href: str, title: str, words: list[str], phase: Phase, at: Box) -> Markup:
    name, *rest = words
    line = " \u00b7 ".join(word for word in rest if word)
    room = at.width - _INSET - 10
    return link(
        href,
        title,
        box(at.x, at.y, at.width, at.height, f"card {tone(phase)}"),
        mark(phase, at.x + 22, at.y + at.height / 2),
        text(fit(name, room), at.x + _INSET, at.y + 25, "name"),
        text(fit(line, room, 13), at.x + _INSET, at.y + 44, "soft number"),
        class_="thing",
    )


def _size(count: int) -> str:
    return format_bytes(count) if count else ""
