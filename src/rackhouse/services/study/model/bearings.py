"""Bearings: short texts that tell where a question lies. Some are what scripture speaks of, said as
people say it today; the others are what it does not: sayings that are taken for it, legends, other
faiths, and the world since. A question that lies nearer to these is not answered by the verses
that happen to be the least far from it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from rackhouse.services.study.model.collecting import Document, Given
from rackhouse.services.study.model.found import Hit

_PARTS = re.compile(r", | and ")
_FIRST = 3  # letters that a part has at least


class Kind(StrEnum):
    """What a bearing is of."""

    LIFE = "life"  # scripture speaks of it
    STORY = "stories"  # it is told in scripture
    SAYING = "sayings"
    LEGEND = "legends"
    UNTOLD = "untold"  # what people would know of those whom scripture tells of
    FAITH = "faiths"
    WORLD = "world"


_LISTS = frozenset((Kind.LIFE, Kind.WORLD, Kind.FAITH))  # a line names several subjects
TOLD = (Kind.LIFE, Kind.STORY)
ELSEWHERE = (Kind.WORLD, Kind.FAITH)
TAKEN_FOR = (Kind.SAYING, Kind.LEGEND, Kind.UNTOLD)  # people take them for scripture


class Bearing(Struct, frozen=True, kw_only=True):
    """`source` is where a saying or a legend is from, "" for a subject."""

    kind: Kind
    text: str
    source: str = ""

    @property
    def id(self) -> str:
        """The name of its document."""
        return f"{self.kind}.{hashlib.sha256(self.text.encode()).hexdigest()[:12]}"


class Near(Struct, frozen=True, kw_only=True):
    """A bearing, and the cosine of the question to it."""

    bearing: Bearing
    cosine: float


Nearest = Mapping[Kind, Near]
NOWHERE: Nearest = {}


def best(near: Nearest, kinds: Iterable[Kind]) -> Near | None:
    """The nearest of these kinds."""
    some = [near[each] for each in kinds if each in near]
    return max(some, key=lambda each: each.cosine, default=None)


def read(kind: Kind, lines: Iterable[str]) -> Iterator[Bearing]:
    """Of lines `text | source`; the subjects of a list each by itself too."""
    for line in lines:
        text, _, source = (each.strip() for each in line.partition("|"))
        yield Bearing(kind=kind, text=text, source=source)
        parts = _PARTS.split(text) if kind in _LISTS else ()
        yield from (
            Bearing(kind=kind, text=it, source=source)
            for it in parts
            if len(it) >= _FIRST and it != text
        )


def digest(bearings: Mapping[str, Bearing]) -> str:
    """Of all of them, by their names."""
    return hashlib.sha256(" ".join(bearings).encode()).hexdigest()[:32]


def documents(bearings: Mapping[str, Bearing]) -> Iterator[Document]:
    """A document each: passages of one speak for each other. All say of what list they are."""
    mark = digest(bearings)
    for name, each in bearings.items():
        yield Document(
            id=name,
            title=each.source or each.text,
            licence="",
            attributes={"digest": mark},
            passages=(Given(id="1", texts={"said": each.text}),),
        )


def nearest(bearings: Mapping[str, Bearing], hits: Iterable[Hit]) -> Nearest:
    """Of each kind the nearest in meaning. Where the search knows no meaning there is none."""
    found: dict[Kind, Near] = {}
    for hit in hits:
        each, cosine = bearings.get(hit.document), hit.signals.get("meaning")
        if each is None or cosine is None:
            continue
        if each.kind not in found or cosine > found[each.kind].cosine:
            found[each.kind] = Near(bearing=each, cosine=cosine)
    return found
