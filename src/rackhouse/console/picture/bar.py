"""How full something is, as a bar."""

from __future__ import annotations

from markupsafe import Markup

from rackhouse.console.picture.svg import box, el


def bar(share: float) -> Markup:
    """`share` is what is taken, from 0 to 1; beside it stands the same in figures."""
    return el(
        "svg",
        box(0, 0, 100, 6, "whole", radius=0),
        box(0, 0, 100 * share, 6, "share tight" if share > 0.9 else "share", radius=0),
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="load",
    )
