"""A small line of numbers over time."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rackhouse.console.picture.svg import el, path

_WIDTH, _HEIGHT = 320, 64


def sparkline(values: Sequence[float], label: str) -> Markup:
    """The values from left (oldest) to right over a base of zero; `label` says what they are."""
    if len(values) < 2:
        return _svg(label)
    most = max(values) or 1.0
    step = _WIDTH / (len(values) - 1)
    points = [
        f"{index * step:.1f} {_HEIGHT - 2 - value / most * (_HEIGHT - 8):.1f}"
        for index, value in enumerate(values)
    ]
    line = "M" + "L".join(points)
    return _svg(label, path(f"{line}V{_HEIGHT}H0z", "area"), path(line, "line"))


def _svg(label: str, *drawn: Markup) -> Markup:
    return el(
        "svg",
        *drawn,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
        class_="spark",
    )
