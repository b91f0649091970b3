"""Cost and quality of each way of choosing, as a picture: cheaper is left, better is above. Pure.
The same is in the table beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from rackhouse.console.picture.svg import el, path, text
from rackhouse.operations.models.money import money
from rackhouse.operations.models.quality import Curve, Point

_WIDTH, _HEIGHT = 520, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 90, 20, 48


def drawn(curve: Curve, currency: str) -> Markup:
    """Its points with their 95 % bounds."""
    dearest = max((point.nanos for point in curve.points), default=0.0) or 1.0
    return el(
        "svg",
        *_axes(dearest, currency),
        *(piece for point in curve.points for piece in _point(point, dearest)),
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


def _point(point: Point, dearest: float) -> Iterator[Markup]:
    x, y = _x(point.nanos, dearest), _y(point.quality)
    kind = "router" if point.policy == "router" else "other"
    yield path(f"M{x:g} {_y(point.low):g}V{_y(point.high):g}", f"bounds {kind}")
    yield el("circle", cx=x, cy=y, r=6, class_=f"point {kind}")
    yield text(point.policy, x + 11, y + 4, "name" if kind == "router" else "")
