"""Cost and quality of each way of choosing, as a picture: cheaper is left, better is above. Pure.
The same is in the table beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from rackhouse.console.picture.svg import el, path, text
from rackhouse.operations.models.money import money
from rackhouse.operations.models.quality import Curve, Point

_WIDTH, _HEIGHT = 520, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 110, 20, 48
_WORDS, _LINE = 110, 17  # of the words beside a point: how wide, how high


def drawn(curve: Curve, currency: str) -> Markup:
    """Its points with their 95 % bounds."""
    dearest = max((point.nanos for point in curve.points), default=0.0) or 1.0
    return el(
        "svg",
        *_axes(dearest, currency),
        *_points(curve.points, dearest),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label="Quality by cost of each way of choosing; the table says the same",
        class_="picture curve",
    )


def _x(nanos: float, dearest: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * nanos / dearest


def _y(rate: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * rate


def _axes(dearest: float, currency: str) -> Iterator[Markup]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(share)
        yield path(f"M{_LEFT} {y:g}H{_WIDTH - _RIGHT}", "grid")
        yield text(f"{share:.0%}", _LEFT - 8, y + 4, "soft", "end")
    end = _WIDTH - _RIGHT
    yield text("0", _LEFT, _HEIGHT - _BOTTOM + 18, "soft", "middle")
    yield text(money(round(dearest), currency), end, _HEIGHT - _BOTTOM + 18, "soft", "middle")
    yield text("cost of a request", (_LEFT + end) / 2, _HEIGHT - 8, "soft caption", "middle")


def _points(points: Iterable[Point], dearest: float) -> Iterator[Markup]:
    """From above; the words of one that lies near another go below that one's."""
    placed: list[tuple[float, float]] = []
    for point in sorted(points, key=lambda each: -each.quality):
        x, y = _x(point.nanos, dearest), _y(point.quality)
        at = y
        for other, line in placed:
            if abs(x - other) < _WORDS and at - line < _LINE:
                at = line + _LINE
        placed.append((x, at))
        yield from _point(point, x, y, at)


def _point(point: Point, x: float, y: float, words_at: float) -> Iterator[Markup]:
    kind = "router" if point.policy == "router" else "other"
    yield path(f"M{x:g} {_y(point.low):g}V{_y(point.high):g}", f"bounds {kind}")
    yield el("circle", cx=x, cy=y, r=6, class_=f"point {kind}")
    yield text(point.policy, x + 11, words_at + 4, "name" if kind == "router" else "")
