"""A run's stages as a picture, in SVG: from left to right, or for a phone from top to bottom. Pure.

Drawn at its own size, so that a long pipeline is scrolled and not made small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from rackhouse.console.code.words import shown
from rackhouse.console.picture.cards import Box, sign
from rackhouse.console.picture.svg import box, el, fit, link, path, text
from rackhouse.console.runs.stages import RELEASE, Columns, Part, Stage
from rackhouse.console.runs.state import tone_of
from rackhouse.kit.text import format_seconds, plural

WIDTH, NARROW = 224, 340  # of a stage
_GAP, _BETWEEN, _MARGIN = 16, 72, 2
_HEAD, _ROW, _FOOT = 54, 26, 8
_MOST = 10  # combinations that are drawn; those in trouble come first
_STATE = 66  # room for a state in words, at the right
_ORDER = ("bad", "busy", "off", "good")


def wide(columns: Columns, label: str) -> Markup:
    """Columns, each in the middle of the height, and lines between them."""
    heights = [sum(map(_height, its)) + _GAP * (len(its) - 1) for its in columns]
    height = max(heights, default=0)
    at: dict[str, Box] = {}
    for number, stages in enumerate(columns):
        y = _MARGIN + (height - heights[number]) / 2
        for stage in stages:
            x = _MARGIN + number * (WIDTH + _BETWEEN)
            at[stage.key] = Box(x, y, WIDTH, _height(stage))
            y += _height(stage) + _GAP
    width = len(columns) * (WIDTH + _BETWEEN) - _BETWEEN
    drawn = [*_wires(columns, at), *(_card(s, at[s.key]) for its in columns for s in its)]
    return _svg(drawn, width, height, label, "pipeline wide")


def narrow(columns: Columns, label: str) -> Markup:
    """One stage below the other; a line where the next ones wait for those before."""
    drawn: list[Markup] = []
    y = float(_MARGIN)
    middle = _MARGIN + NARROW / 2
    for number, stages in enumerate(columns):
        if number:
            drawn.append(path(f"M{middle:g} {y - _GAP:g}v{2 * _GAP:g}", "wire"))
            y += _GAP
        for stage in stages:
            drawn.append(_card(stage, Box(_MARGIN, y, NARROW, _height(stage))))
            y += _height(stage) + _GAP
    return _svg(drawn, NARROW, y - _GAP - _MARGIN, label, "pipeline narrow")


def _svg(drawn: Sequence[Markup], width: float, height: float, label: str, class_: str) -> Markup:
    width, height = width + 2 * _MARGIN, height + 2 * _MARGIN
    return el(
        "svg",
        *drawn,
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        role="group",
        aria_label=label,
        class_=f"picture {class_}",
    )


def _height(stage: Stage) -> float:
    rows = min(len(stage.parts), _MOST) + (len(stage.parts) > _MOST)
    return _HEAD + (rows * _ROW + _FOOT if rows else 0)


def _wires(columns: Columns, at: Mapping[str, Box]) -> Iterator[Markup]:
    stages = {stage.key: stage for its in columns for stage in its}
    for stage in stages.values():
        for need in stage.needs:
            (x1, y1), (x2, y2) = at[need].right, at[stage.key].left
            bend = _BETWEEN / 2
            way = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
            yield path(way, f"wire {tone_of(stages[need].status)}")


def _card(stage: Stage, at: Box) -> Markup:
    tone = tone_of(stage.status)
    name, words = shown(stage.title), stage.status.value
    time = format_seconds(stage.took) if stage.took is not None else ""
    count = plural(len(stage.parts), "job") if stage.parts else ""
    said = " \u00b7 ".join(filter(None, (stage.said or words, count, time)))
    room = at.width - 50
    inside = (
        box(at.x, at.y, at.width, at.height, f"card {tone}"),
        sign(tone, at.x + 22, at.y + _HEAD / 2),
        text(fit(name, room), at.x + 40, at.y + 23, "name"),
        text(fit(said, room, 13), at.x + 40, at.y + 41, "soft number"),
    )
    title = f"{name}: {words}"
    if not stage.parts:
        return link(_anchor(stage), title, *inside, class_="thing")
    return el("g", el("title", title), *inside, *_parts(stage, at))


def _parts(stage: Stage, at: Box) -> Iterator[Markup]:
    shown_parts = stage.parts
    if len(shown_parts) > _MOST:
        worst = sorted(shown_parts, key=lambda part: _ORDER.index(tone_of(part.status)))[:_MOST]
        shown_parts = tuple(sorted(worst, key=lambda part: part.position))
    y = at.y + _HEAD
    for part in shown_parts:
        yield _part(stage, part, at, y)
        y += _ROW
    if more := len(stage.parts) - len(shown_parts):
        yield text(f"and {more} more in the list below", at.x + 40, y + 17, "soft")


def _part(stage: Stage, part: Part, at: Box, y: float) -> Markup:
    tone = tone_of(part.status)
    return link(
        f"#job-{part.position}",
        f"{shown(stage.title)} {shown(part.title)}: {part.status.value}",
        box(at.x + 8, y, at.width - 16, _ROW - 2, "part", radius=6),
        el("g", sign(tone, 0, 0), transform=f"translate({at.x + 22:g} {y + 12:g}) scale(.75)"),
        text(fit(shown(part.title), at.width - 50 - _STATE, 13), at.x + 40, y + 17),
        text(part.status.value, at.x + at.width - 14, y + 17, "soft number", "end"),
        class_="thing",
    )


def _anchor(stage: Stage) -> str:
    return "#log-title" if stage.key == RELEASE or stage.position < 0 else f"#job-{stage.position}"
