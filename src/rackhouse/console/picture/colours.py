"""Which colour a VLAN has, in every picture of the console. Pure.

By its number among the others, as in the picture of the cables, which has the same inks.
"""

from __future__ import annotations

from collections.abc import Iterable

_COLOURS = 8


def colour_of(id: int, ids: Iterable[int]) -> str:
    """The class that `static/picture.css` colours, of one VLAN among all `ids`."""
    return f"v{sorted(ids).index(id) % _COLOURS}"
