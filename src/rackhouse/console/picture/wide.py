"""The picture for a screen that is wide: the way in, applications, what they use, left to right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from rackhouse.console.picture.cards import HEIGHT, Box, app_card, more_card, part_card, tone
from rackhouse.console.picture.network import network
from rackhouse.console.picture.scene import Scene, scene_of
from rackhouse.console.picture.svg import NOTHING, box, el, path, text
from rackhouse.operations.view import AppView, RackView

WIDTH = 1160
_GAP = 14
_COLUMNS = ((40, 232), (432, 296), (888, 232))  # x and width
_HEAD, _FOOT = 76, 24  # above and below the cards


def wide(view: RackView) -> Markup:
    """SVG as wide as 1160 and as high as it needs to be."""
    scene = scene_of(view)
    above, top = network(view, WIDTH)
    rows = max(len(scene.front), len(scene.applications) + bool(scene.hidden), len(scene.back), 2)
    inside = rows * (HEIGHT + _GAP) - _GAP
    height = _HEAD + inside + _FOOT
    machine = el(
        "g",
        *_frame(view, scene, height),
        *_machine(scene, inside),
        transform=f"translate(0 {top + 10 if top else 0:g})",
    )
    total = height + (top + 10 if top else 0)
    label = f"The rack {view.name}, drawn"
    return el(
        "svg",
        above,
        machine,
        viewBox=f"0 0 {WIDTH} {total:g}",
        role="group",
        aria_label=label,
        class_="picture wide",
    )


def _frame(view: RackView, scene: Scene, height: float) -> list[Markup]:
    """The machine: a unit of a rack, with its four screws."""
    screws = [
        el("circle", cx=x, cy=y, r=4, class_="screw")
        for x in (17, WIDTH - 17)
        for y in (20, height - 20)
    ]
    titles = ("the way in", "applications", "what they use")
    heads = [
        text(title, x, 58, "soft caption") for title, (x, _) in zip(titles, _COLUMNS, strict=True)
    ]
    return [
        box(1, 1, WIDTH - 2, height - 2, "machine", radius=14),
        *screws,
        text(view.domain, 40, 30, "name"),
        text(scene.caption, WIDTH - 40, 30, "soft number", "end"),
        *heads,
    ]


def _machine(scene: Scene, inside: float) -> list[Markup]:
    front = _column(0, len(scene.front), inside)
    middle = _column(1, len(scene.applications) + bool(scene.hidden), inside)
    back = _column(2, len(scene.back), inside)
    drawn = [
        el("g", _wires(scene, app, at, front, back), app_card(app, at), class_="app")
        for app, at in zip(scene.applications, middle, strict=False)
    ]
    if scene.hidden:
        drawn.append(more_card(scene.hidden, middle[-1]))
    if not scene.applications:
        left, y = _COLUMNS[1][0], _HEAD + inside / 2
        drawn.append(text("None yet. To put a folder live:", left, y - 6, "soft"))
        drawn.append(text("rackhouse deploy FOLDER", left, y + 16, "code"))
    for above, below in pairwise(front):
        x = above.x + above.width / 2
        drawn.append(path(f"M{x:g} {above.y + HEIGHT:g}V{below.y:g}", "wire good"))
    parts = [*zip(scene.front, front, strict=True), *zip(scene.back, back, strict=True)]
    return [*drawn, *(part_card(part, at) for part, at in parts)]


def _column(column: int, count: int, inside: float) -> list[Box]:
    """Cards one below the other, in the middle of the height."""
    x, width = _COLUMNS[column]
    own = count * (HEIGHT + _GAP) - _GAP
    top = _HEAD + (inside - own) / 2
    return [Box(x, top + index * (HEIGHT + _GAP), width) for index in range(count)]


def _wires(
    scene: Scene, app: AppView, at: Box, front: Sequence[Box], back: Sequence[Box]
) -> Markup:
    """From the ingress to the application, and from it to each part that it uses."""
    kind = f"wire {tone(app.phase)}"
    into = scene.front[:1] and scene.front[0].name == "ingress" and app.name in scene.routed
    wires = [_wire(front[0].right, at.left, kind)] if into else []
    wires += [_wire(at.right, back[index].left, kind) for index in scene.uses(app)]
    return el("g", *wires) if wires else NOTHING


def _wire(start: tuple[float, float], end: tuple[float, float], kind: str) -> Markup:
    (x1, y1), (x2, y2) = start, end
    bend = (x2 - x1) * 0.5
    return path(f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}", kind)
