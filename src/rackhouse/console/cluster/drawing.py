"""The edges as a chart. Pure.

Who opens connections is at the left, to whom above: a number is so many open ports, a dash none.
One cell is reached by the tab key, the others from there by arrow keys (`static/network.js`).
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from rackhouse.console.cluster.edges import INTERNET
from rackhouse.console.cluster.scene import Edge, Scene
from rackhouse.console.picture.svg import box, el, fit, path, text

MOST = 24  # parties of a chart; more are in words alone

_LEFT, _TOP, _RIGHT = 150, 128, 40  # for the names
_CELL, _PITCH = 34, 38
_FEW = 8  # places that a phone still shows at once


def chart(scene: Scene) -> Markup | None:
    """Every pair; None where there are none, or too many."""
    sources, targets = scene.parties, (*scene.parties, INTERNET)
    if not 0 < len(sources) <= MOST:
        return None
    width = _LEFT + len(targets) * _PITCH + _RIGHT
    height = _TOP + len(sources) * _PITCH
    return el(
        "svg",
        *_names(sources, targets),
        *_cells(scene, sources, targets),
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="group",
        aria_label="Who may reach whom, as the policies there say",
        class_="picture matrix many" if len(targets) > _FEW else "picture matrix",
    )


def said(edge: Edge) -> str:
    """`hello to PostgreSQL: 5432 open`."""
    ports = ", ".join(map(str, edge.ports))
    return f"{edge.source} to {edge.target}: {f'{ports} open' if ports else 'closed'}"


def _names(sources: tuple[str, ...], targets: tuple[str, ...]) -> Iterator[Markup]:
    for number, name in enumerate(sources):
        y = _TOP + number * _PITCH + _CELL / 2 + 5
        yield text(fit(name, _LEFT - 12, 13), _LEFT - 8, y, "", "end")
    for number, name in enumerate(targets):
        x = _LEFT + number * _PITCH + _CELL / 2
        turned = f"translate({x + 4:g} {_TOP - 10}) rotate(-60)"
        yield el("g", text(fit(name, 120, 13), 0, 0), transform=turned)


def _cells(scene: Scene, sources: tuple[str, ...], targets: tuple[str, ...]) -> Iterator[Markup]:
    first = True
    for edge in scene.edges:
        row, column = sources.index(edge.source), targets.index(edge.target)
        yield _cell(edge, _LEFT + column * _PITCH, _TOP + row * _PITCH, "0" if first else "-1")
        first = False


def _cell(edge: Edge, x: float, y: float, tabindex: str) -> Markup:
    words, kind = said(edge), "some" if edge.ports else "none"
    middle = x + _CELL / 2, y + _CELL / 2
    if edge.ports:
        shape = text(str(len(edge.ports)), middle[0], middle[1] + 5, "count", "middle")
    else:
        shape = path(f"M{middle[0] - 5:g} {middle[1]:g}h10", "shut")
    return el(
        "a",
        el("title", words),
        box(x, y, _CELL, _CELL, f"card cell {kind}", radius=7),
        shape,
        href="#edge-list",
        class_="thing",
        aria_label=words,
        tabindex=tabindex,
    )
