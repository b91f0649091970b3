"""How `rackhouse models quality` shows what was measured. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rackhouse.cli.models import table
from rackhouse.operations.models.money import money

if TYPE_CHECKING:
    from rackhouse.operations.models.quality import Class, Curve, Measured, Quality

_BAR = 24  # characters of a bar at 100 %


def quality_text(quality: Quality) -> str:
    """Each name: the curve as bars, and who goes first in each task class."""
    told = [line for each in quality.models for line in _model(each, quality.currency)]
    return "\n".join(told).rstrip() or "the rack file has no models"


def _model(measured: Measured, currency: str) -> Iterator[str]:
    order = "by what was measured" if measured.measured else "in the rack file's order"
    yield f"{measured.name}: asked {order}"
    yield from _curve(measured.curve, currency)
    for each in measured.classes:
        yield from _class(each)
    yield ""


def _curve(curve: Curve, currency: str) -> Iterator[str]:
    if not curve.points:
        yield "  no request was answered by a local and an outside model yet"
        return
    yield f"  of {curve.n:.0f} requests that a local and an outside model both answered:"
    rows = []
    for point in curve.points:
        bar = "\u2588" * round(_BAR * point.quality)
        bounds = f"{point.quality:.0%} ({point.low:.0%} to {point.high:.0%})"
        rows.append((point.policy, bounds, f"{money(round(point.nanos), currency)} each", bar))
    yield from (f"    {line}" for line in table(rows))


def _class(kind: Class) -> Iterator[str]:
    why = "" if kind.decided else " (too little evidence: the file's order)"
    yield f"  {kind.kind or 'any task'}: {', '.join(kind.order)}{why}"
    for each in kind.measures:
        bounds = f"{each.rate:.0%} ({each.low:.0%} to {each.high:.0%})"
        yield f"    {each.upstream}: {bounds} of {each.n:.0f} judged"
