"""The machines alone, with the switch that they are plugged into: wide, and narrow for a phone."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from rackhouse.console.picture.narrow import WIDTH as NARROW
from rackhouse.console.picture.network import network
from rackhouse.console.picture.svg import el
from rackhouse.console.picture.wide import WIDTH as WIDE
from rackhouse.operations.view import RackView

_WIDTHS = {"wide": WIDE, "narrow": NARROW}


def machines(view: RackView, marks: Mapping[str, str]) -> Mapping[str, Markup]:
    """Both pictures, by name; `marks` has a tone (`good`, `bad`, `off`) by machine."""
    return {name: _drawn(view, width, name, marks) for name, width in _WIDTHS.items()}


def _drawn(view: RackView, width: float, name: str, marks: Mapping[str, str]) -> Markup:
    inside, height = network(view, width, marks)
    return el(
        "svg",
        inside,
        viewBox=f"0 0 {width:g} {height:g}",
        role="group",
        aria_label="The machines, and where each is plugged in",
        class_=f"picture {name}",
    )
