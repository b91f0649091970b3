"""The chart as a picture in SVG: who opens connections from top to bottom, to whom from left to
right. Pure.

A sign says what its colour says too: a disc for everything, a number for so many ports, a dash for
nothing, a triangle for what is otherwise than the rack file says. One cell is reached by the tab
key, the others from there by arrow keys (`network.js`); all of it is in words in the table below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from rackhouse.console.network.chart import Chart, Kind, Pair, Place
from rackhouse.console.network.measured import Measured
from rackhouse.console.network.words import said
from rackhouse.console.picture.cards import sign
from rackhouse.console.picture.colours import colour_of
from rackhouse.console.picture.svg import NOTHING, box, el, fit, path, text
from rackhouse.rack.model import Vlan

_LEFT, _TOP, _RIGHT = 122, 112, 40  # for the names
_CELL, _PITCH = 38, 42
_FEW = 8  # places that a phone still shows at once; more are scrolled, and not made small


def drawn(
    chart: Chart, vlans: tuple[Vlan, ...], label: str, measured: Measured | None = None
) -> Markup:
    """What the file says; with `measured`, what packets found."""
    width = _LEFT + len(chart.places) * _PITCH + _RIGHT
    height = _TOP + len(chart.places) * _PITCH
    colours = {vlan.id: colour_of(vlan.id, [each.id for each in vlans]) for vlan in vlans}
    return el(
        "svg",
        *_names(chart, colours),
        *_cells(chart, measured),
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="group",
        aria_label=label,
        class_="picture matrix many" if len(chart.places) > _FEW else "picture matrix",
    )


def legend(*, measured: bool) -> tuple[tuple[Markup, str], ...]:
    """Each sign, and what it means."""
    signs = [("every", "everything"), ("some", "so many ports"), ("none", "nothing")]
    signs += [("wrong", "otherwise than the file says"), ("untried", "not tried")] * measured
    return tuple((_shown(kind), words) for kind, words in signs)


def _names(chart: Chart, colours: Mapping[int, str]) -> Iterator[Markup]:
    for number, place in enumerate(chart.places):
        middle = number * _PITCH + _CELL / 2
        yield text(fit(place.name, _LEFT - 26, 13), _LEFT - 18, _TOP + middle + 5, "", "end")
        yield _swatch(place, colours, _LEFT - 12, _TOP + middle - 6)
        turned = f"translate({_LEFT + middle + 4:g} {_TOP - 22}) rotate(-60)"
        yield el("g", text(fit(place.name, 84, 13), 0, 0), transform=turned)
        yield _swatch(place, colours, _LEFT + middle - 6, _TOP - 17)


def _swatch(place: Place, colours: Mapping[int, str], x: float, y: float) -> Markup:
    if place.kind is Kind.INTERNET:
        return el("circle", cx=x + 5, cy=y + 5, r=4, class_="outside")
    kind = colours[place.vlan] if place.kind is Kind.VLAN else "router"
    return box(x, y, 10, 10, f"vlan {kind}", radius=2)


def _cells(chart: Chart, measured: Measured | None) -> Iterator[Markup]:
    pairs = chart.by_key
    first = True
    for row, source in enumerate(chart.places):
        for column, target in enumerate(chart.places):
            pair = pairs.get((source.key, target.key))
            if pair is None:
                continue
            x, y = _LEFT + column * _PITCH, _TOP + row * _PITCH
            yield _cell(pair, x, y, measured, tabindex="0" if first else "-1")
            first = False


def _cell(pair: Pair, x: float, y: float, measured: Measured | None, *, tabindex: str) -> Markup:
    words = said(pair, measured)
    ports = measured.of(pair).open if measured else pair.ports
    kind = "every" if pair.every else "some" if ports else "none"
    if measured:
        tried = measured.of(pair)
        kind = "wrong" if tried.wrong else kind if tried.cells else "untried"
    return el(
        "a",
        el("title", words),
        *_sign(kind, x, y, str(len({port.number for port in ports}))),  # 53 is one, by TCP and UDP
        href=f"#{pair.key}",
        class_="thing",
        aria_label=words,
        tabindex=tabindex,
    )


def _sign(kind: str, x: float, y: float, number: str) -> tuple[Markup, Markup]:
    frame = box(x, y, _CELL, _CELL, f"card cell {kind}", radius=7)
    mx, my = x + _CELL / 2, y + _CELL / 2
    match kind:
        case "every":
            shape = el("circle", cx=mx, cy=my, r=8, class_="full")
        case "some":
            shape = text(number, mx, my + 5, "count", "middle")
        case "none":
            shape = path(f"M{mx - 5:g} {my:g}h10", "shut")
        case "wrong":
            shape = sign("bad", mx, my)
        case _:
            shape = NOTHING
    return frame, shape


def _shown(kind: str) -> Markup:
    inside = _sign(kind, 1, 1, "3")
    return el("svg", *inside, viewBox="0 0 40 40", aria_hidden="true", class_="picture")
