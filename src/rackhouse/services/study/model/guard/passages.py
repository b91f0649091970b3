"""Words of the held texts as they are written there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rackhouse.services.study.model.guard.index import Held, Index
from rackhouse.services.study.model.guard.normalise import clean, words
from rackhouse.services.study.model.guard.verdict import Quote

_STOP = re.compile(r"[,.;:!?()\u2014]")


class Pick(NamedTuple):
    """Words of the stream, from a place up to another."""

    place: int
    last: int


class Passages:
    """Over one index."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def ends(self, pick: Pick) -> tuple[int, int]:
        """The numbers of its first verse and of its last."""
        held = self.index.verses(*pick)
        return held[0].verse, held[-1].verse

    def together(self, picks: Sequence[Pick]) -> bool:
        """Whether they are of one translation."""
        return len({self.index.verse(each.place).translation for each in picks}) == 1

    def quote(self, pick: Pick, start: int, end: int) -> Quote:
        """As it leaves, for what a sentence has from `start` to `end`."""
        held = self.index.verses(*pick)
        said = " ".join(self._part(each, pick) for each in held)
        whole = pick.place == held[0].start and pick.last == held[-1].end
        first, last = held[0].verse, held[-1].verse
        return Quote(said, first, last, held[0].translation, start, end, whole=whole)

    def _part(self, held: Held, pick: Pick) -> str:
        """What a verse has of it: with what stands before its first word and after its last."""
        source = self.index.texts[held.translation][held.verse]
        if pick.place <= held.start and pick.last >= held.end:
            return source
        plain = clean(source)
        told = words(plain.text)
        first, last = max(pick.place, held.start), min(pick.last, held.end)
        start = plain.start(told[first - held.start].start) if first > held.start else 0
        if last == held.end:
            return source[start:]
        return source[start : plain.end(told[last - held.start - 1].end)]

    def begins(self, place: int) -> bool:
        """Whether the text has a comma or a stop before that word."""
        held = self.index.verse(place)
        if place == held.start:
            return True
        text = clean(self.index.texts[held.translation][held.verse]).text
        told = words(text)
        at = place - held.start
        return bool(_STOP.search(text, told[at - 1].end, told[at].start))

    def ended(self, last: int) -> bool:
        """Whether a verse ends before that word."""
        return self.index.verse(last - 1).end == last

    def widened(self, pick: Pick, before: int, after: int) -> Pick:
        """With so many words more on both sides, as far as its verses go."""
        held = self.index.verses(*pick)
        return Pick(max(pick.place - before, held[0].start), min(pick.last + after, held[-1].end))
