"""The picture for a phone: top to bottom. A rail at the left leads in, one at the right for each
part leads from the applications that use it, with a dot where one does.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rackhouse.console.picture.cards import HEIGHT, Box, app_card, more_card, part_card, tone
from rackhouse.console.picture.network import network
from rackhouse.console.picture.scene import Scene, scene_of
from rackhouse.console.picture.svg import box, el, path, text
from rackhouse.operations.view import RackView

WIDTH = 360
_LEFT, _RAIL, _GAP = 34, 18, 10


def narrow(view: RackView) -> Markup:
    """SVG as wide as 360 and as high as it needs to be."""
    scene = scene_of(view)
    above, top = network(view, WIDTH)
    drawn, height = _machine(view, scene)
    offset = top + 10 if top else 0
    machine = el(
        "g",
        box(1, 1, WIDTH - 2, height - 2, "machine", radius=14),
        *drawn,
        transform=f"translate(0 {offset:g})",
    )
    label = f"The rack {view.name}, drawn"
    return el(
        "svg",
        above,
        machine,
        viewBox=f"0 0 {WIDTH} {height + offset:g}",
        role="group",
        aria_label=label,
        class_="picture narrow",
    )


def _machine(view: RackView, scene: Scene) -> tuple[list[Markup], float]:
    width = WIDTH - _LEFT - 16 - _RAIL * len(scene.back)
    drawn = [text(view.domain, 16, 28, "name"), text(scene.caption, 16, 47, "soft number")]
    front, y = _column(len(scene.front), WIDTH - 32, 62, x=16)
    front.reverse()  # the ingress stands last, where the rail to the applications begins
    heading = y + 12
    apps, y = _column(len(scene.applications) + bool(scene.hidden), width, heading + 12)
    back, y = _column(len(scene.back), width, y + 26)
    if scene.front:
        drawn.append(_rail_in(scene, front, apps))
    drawn += _rails(scene, apps, back)
    drawn += [part_card(part, at) for part, at in zip(scene.front, front, strict=True)]
    title = "applications" if apps else "no applications yet"
    drawn.append(text(title, _LEFT, heading + 2, "soft caption"))
    drawn += [app_card(app, at) for app, at in zip(scene.applications, apps, strict=False)]
    if scene.hidden:
        drawn.append(more_card(scene.hidden, apps[-1]))
    if scene.back:
        drawn.append(text("what they use", _LEFT, back[0].y - 10, "soft caption"))
    drawn += [part_card(part, at) for part, at in zip(scene.back, back, strict=True)]
    return drawn, y + 8


def _column(count: int, width: float, top: float, x: float = _LEFT) -> tuple[list[Box], float]:
    boxes = [Box(x, top + index * (HEIGHT + _GAP), width) for index in range(count)]
    return boxes, top + count * (HEIGHT + _GAP)


def _rail_in(scene: Scene, front: Sequence[Box], apps: Sequence[Box]) -> Markup:
    """Down the left side, from the ingress to each application with a route."""
    x, (_, start) = 20.0, (0, front[0].y + HEIGHT)
    wires = [
        path(f"M{x:g} {start:g}V{at.left[1] - 8:g}q0 8 8 8H{at.x:g}", f"wire {tone(app.phase)}")
        for app, at in zip(scene.applications, apps, strict=False)
        if app.name in scene.routed
    ]
    return el("g", *wires)


def _rails(scene: Scene, apps: Sequence[Box], back: Sequence[Box]) -> list[Markup]:
    """One for each part: the first part's is the nearest, so that none crosses another's end."""
    rails = []
    for index, at in enumerate(back):
        x = at.x + at.width + _RAIL * (index + 0.8)
        users = [
            (app, card)
            for app, card in zip(scene.applications, apps, strict=False)
            if index in scene.uses(app)
        ]
        if not users:
            continue
        end = at.right[1]
        top = min(card.right[1] for _, card in users)
        rails.append(path(f"M{x:g} {top:g}V{end - 8:g}q0 8-8 8H{at.right[0]:g}", "wire rail"))
        for app, card in users:
            kind = tone(app.phase)
            y = card.right[1]
            rails.append(path(f"M{card.right[0]:g} {y:g}H{x:g}", f"wire {kind}"))
            rails.append(el("circle", cx=x, cy=y, r=4, class_=f"joint {kind}"))
    return rails
