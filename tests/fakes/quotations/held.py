"""The texts that a bare machine has, as the guard wants them, and scripture's own reader; and the
Spanish one, where it is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rackhouse.services.scripture.model.references.find import find
from rackhouse.services.scripture.store import imports
from rackhouse.services.scripture.store.sources import SOURCES
from rackhouse.services.scripture.store.sword import bibles

PACKAGED = ("kjv", "asv")
RV1909 = "rv1909"
_SWORD = Path("/usr/share/sword")


@cache
def texts() -> dict[str, dict[int, str]]:
    sources = [each for each in SOURCES if each.about.id in PACKAGED]
    return {
        each.about.id: {verse.id: verse.text for verse in imports.taken(each)} for each in sources
    }


@cache
def spanish() -> dict[str, dict[int, str]]:
    """The Reina-Valera of 1909; nothing where Debian's sword-text-sparv is not installed."""
    for each in bibles.origins([_SWORD]):
        if each.about.id == RV1909:
            return {RV1909: dict(each.take().verses)}
    return {}


def references(text: str) -> Sequence[tuple[int, int, Sequence[tuple[int, int]]]]:
    """As `mentions.References`."""
    return [
        (it.start, it.end, [(each.first, each.last) for each in it.reference.ranges])
        for it in find(text)
    ]
