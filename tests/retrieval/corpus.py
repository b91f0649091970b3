"""Verses as passages of the ranking: a chapter a document, a translation a rendering.

What is installed here beside the texts is never part of it, least of all Nave's, whose topics are
the queries.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec

from rackhouse.services.retrieval.model.documents import Document, of_given
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.ranking.remarks import Said
from rackhouse.services.scripture import settings
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.store import imports, packing
from rackhouse.services.scripture.store.origin import Origin
from rackhouse.services.scripture.store.shelves import Bound
from rackhouse.services.scripture.store.sword import bibles, works
from rackhouse.services.study.model import commenting
from rackhouse.services.study.model.commenting import Comment, Commentary
from unit.study.held import CANON

BARE = ("kjv", "asv")  # what a machine has without any module
COMMENTARY = "mhcc"  # Matthew Henry's, the concise one: remarks on the verses
STRONG = "strong"  # the rendering of Strong's numbers, which nobody asks by
_NUMBERED = "kjv-strong"


class NotInstalled(Exception):
    """A translation that this machine does not have."""


@cache
def verses(name: str) -> dict[int, str]:
    """The words of a translation, by verse. NotInstalled."""
    return {verse.id: verse.text for verse in _translation(name)}


@cache
def numbers() -> dict[int, str]:
    """The Strong's numbers of each verse, in the order of the words. NotInstalled."""
    numbered = _translation(_NUMBERED)
    return {
        verse.id: " ".join(
            number for word in numbered.margin.of(verse.id).words for number in word.strongs
        )
        for verse in numbered
    }


def passages(names: Sequence[str] = BARE, *, strong: bool = False) -> list[Passage]:
    """All verses of the first one, each in those that have it. NotInstalled."""
    texts = {name: verses(name) for name in names}
    if strong:
        texts[STRONG] = numbers()
    return [
        Passage(
            id=str(verse),
            document=str(verse // 1000),
            ordinal=verse % 1000 - 1,
            texts={name: said[verse] for name, said in texts.items() if verse in said},
        )
        for verse in sorted(verses(names[0]))
    ]


def remarks(passages: Sequence[Passage]) -> list[Said]:
    """What the commentary says of these passages, as study sends it and retrieval cuts it.
    NotInstalled.
    """
    work = next((each for each in _works() if each.about.id == COMMENTARY), None)
    if work is None:
        raise NotInstalled("the commentary is not installed here: scripts/system-packages slow")
    about = Commentary(
        id=COMMENTARY, kind="commentary", language="en", attribution="", digest=work.stamp
    )
    comments = [
        Comment(first=each.place.first, last=each.place.last, text=each.text)
        for each in work.take()
        if each.place.first
    ]
    rows = {each.id: row for row, each in enumerate(passages)}
    return [
        Said(text, tuple(rows[it] for it in cut.about if it in rows))
        for each in commenting.remarks(CANON, about, comments)
        for cut in of_given(msgspec.convert(msgspec.to_builtins(each), Document))
        for text in cut.texts.values()
    ]


def _works() -> Iterator[Bound]:
    return works.bound(settings.read(os.environ).sword)


def _translation(name: str) -> Translation:
    origin = next((each for each in _origins() if each.about.id == name), None)
    if origin is None:
        raise NotInstalled(
            f"the translation {name} is not installed here: scripts/system-packages slow"
        )
    return packing.opened(packing.packed(origin.about, origin.take()))


def _origins() -> Iterator[Origin]:
    yield from imports.packages()
    yield from bibles.origins(settings.read(os.environ).sword)
