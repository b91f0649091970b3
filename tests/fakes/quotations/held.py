"""The texts that a bare machine has, as the guard wants them, and scripture's own reader."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rackhouse.services.scripture.model.references.find import find
from rackhouse.services.scripture.store import imports
from rackhouse.services.scripture.store.sources import SOURCES

PACKAGED = ("kjv", "asv")


@cache
def texts() -> dict[str, dict[int, str]]:
    sources = [each for each in SOURCES if each.about.id in PACKAGED]
    return {
        each.about.id: {verse.id: verse.text for verse in imports.taken(each)} for each in sources
    }


def references(text: str) -> Sequence[tuple[int, int, Sequence[tuple[int, int]]]]:
    """As `mentions.References`."""
    return [
        (it.start, it.end, [(each.first, each.last) for each in it.reference.ranges])
        for it in find(text)
    ]
