"""What nobody says is scripture, and yet is: words that follow a verse too far to be chance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rackhouse.services.study.model.guard.align import Run
from rackhouse.services.study.model.guard.claims import Reading
from rackhouse.services.study.model.guard.nearly import Nearly
from rackhouse.services.study.model.guard.nearness import (
    FEW,
    LEAST,
    LIKELY,
    OWN,
    SELDOM,
    WORD,
    cross,
    held,
    meant,
    slight,
    slightly,
)
from rackhouse.services.study.model.guard.passages import Passages, Pick
from rackhouse.services.study.model.guard.search import Numbers, Search, Stretch

_VERSES = 3  # named at once, whose words are looked at one by one
_PART = 3  # words of a verse that another translation has
_PIECE = 4  # words of a verse that another is joined to
_NEARLY_ALL = 0.85  # of a sentence's words
_TOLD, _MOSTLY = 30.0, 0.7  # bits, and of its words: enough where somebody is said to say so
_LONG = 10  # words of a sentence that is pieced together
_NAMED = 15.0  # bits: enough where the verse is named
_CROSSING = 36.0  # bits: enough where two sentences are one verse
_FORMULA = 36.0  # bits: less is no sign where several verses are as near
_HALF = 0.5  # of a sentence's words
_OVER = 2  # words on the other side of a verse's border, which are there by chance
_WRITTEN = 6  # words of an exact run that the server writes anew
_SHORT = 3  # words behind a verse that a reader takes for its end
_MUCH = 2.5  # times as many are the text's own: then a reader takes all for a verse
_BREAK = re.compile(r"[,.;:!?\u2014()\[\]\"\u201c\u201d]")
_LEADS = frozenset({"that", "and", "but", "for", "or", "so", "because"})


@dataclass(frozen=True, slots=True)
class Taken:
    """The words numbered `first` up to `last` go, and `pick` stands for them; None: it is not clear
    which. `exact`: they were its words.
    """

    first: int
    last: int
    pick: Pick | None
    exact: bool


class Unmarked:
    """Over one index."""

    def __init__(self, search: Search, passages: Passages, nearly: Nearly) -> None:
        self._search, self._passages, self._nearly = search, passages, nearly

    def taken(self, reading: Reading, numbers: Numbers) -> Iterator[Taken]:
        """Each stretch of a sentence that is a verse without saying so."""
        free = [*reading.free()]
        size = sum(last - first for first, last in free)
        for first, last in free:
            if last - first >= LEAST:
                yield from self._within(reading, numbers, (first, last), size)

    def crosses(self, numbers: Numbers, border: int) -> bool:
        """Whether a changed verse goes over from one sentence to the next, which begins there."""
        for each in self._search.stretches(numbers):
            if each.start < border and border + 1 < each.end:
                told, length = each.aligned, each.end - each.start
                own = told.matched > LEAST and told.matched >= OWN * length
                slight = not told.exact and told.widest <= WORD
                return own and slight and each.bits >= _CROSSING
        return False

    def _within(
        self, reading: Reading, numbers: Numbers, free: tuple[int, int], size: int
    ) -> Iterator[Taken]:
        first, last = free
        said = numbers[first:last]
        beside = [*reading.mentions, *([reading.before] if reading.before else [])]
        named = [it for each in beside if each.size <= _VERSES for it in each.ranges]
        places = self._search.exact(said)
        if len(places):  # its own words from first to last
            if last - first >= _WRITTEN:
                best = places[self._passages.index.ranked(places, last - first, named)[0]]
                yield Taken(first, last, Pick(int(best), int(best) + last - first), exact=True)
            return
        found = [*self._search.against(said, named), *self._search.stretches(said)]
        if not found and len(said) <= 2 * LEAST:
            found = self._search.stretches(said, faint=True)
        kept: list[Stretch] = []
        for each in found:
            if cross(each, kept):
                continue
            if self._own(said, each, size) or self._named(reading, each, size):
                kept.append(each)
                taken = self._one(reading, said, first, each, found)
                if taken:
                    yield taken
        if not kept and self._pieced(found, size):
            yield Taken(first, last, None, exact=False)

    def _pieced(self, found: list[Stretch], size: int) -> bool:
        """Whether nearly all of a sentence is pieces: of several verses, or of one verse in several
        translations, and then fewer words are enough.
        """
        kept: list[Stretch] = []
        for each in found:
            told = each.aligned
            if told.exact and told.matched >= _PIECE and not cross(each, kept):
                kept.append(each)
        own = sum(each.aligned.matched for each in kept)
        bits = sum(each.bits for each in kept)
        if len(kept) < 2 or own < _NEARLY_ALL * size:
            return False
        one = len({self._passages.ends(Pick(it.place, it.last)) for it in kept}) == 1
        return bits >= LIKELY if one else (size >= _LONG and bits >= SELDOM)

    def _own(self, said: Numbers, stretch: Stretch, size: int) -> bool:
        """Whether it is a verse that somebody means, be it out of several translations."""
        if meant(stretch, size) and slightly(stretch):
            return True
        return meant(stretch, size, mixed=True) and self._mixed(said, stretch)

    def _mixed(self, said: Numbers, stretch: Stretch) -> bool:
        """Whether it has a verse's words out of several translations, and few others."""
        verses = self._passages.ends(Pick(stretch.place, stretch.last))
        own = held(stretch)
        more = {
            at
            for each in self._search.against(said, [verses])
            if each.start < stretch.end and stretch.start < each.end
            for at in held(each)
        }
        span = range(stretch.start, stretch.end)
        return len(more - own) >= _PART and len(span) - len((own | more) & {*span}) < FEW

    def _one(
        self, reading: Reading, said: Numbers, first: int, stretch: Stretch, found: list[Stretch]
    ) -> Taken | None:
        stretch = self._trimmed(stretch)
        before = self._before(reading, first, stretch)
        behind = self._behind(reading, first, stretch, len(said))
        pick = Pick(stretch.place, stretch.last)
        start, end = stretch.start - before, stretch.end + behind
        if stretch.aligned.exact and start == stretch.start and end == stretch.end:
            if stretch.aligned.matched < _WRITTEN:
                return None  # its own words, and few
            return Taken(first + start, first + end, pick, exact=True)
        others = [it for it in found if it is not stretch and it.start < end and start < it.end]
        clear = not self._rivals(stretch, others)
        if not clear and stretch.bits < _FORMULA and not slight(stretch, others):
            return None  # what many verses say, more or less
        pick = self._passages.widened(pick, before, behind)
        return Taken(first + start, first + end, pick if clear else None, exact=False)

    def _trimmed(self, stretch: Stretch) -> Stretch:
        """Without a word or two of the verse before its first, or behind its last."""
        told, index = stretch.aligned, self._passages.index
        if not told.exact:
            return stretch
        early = index.verse(stretch.place).end - stretch.place
        late = stretch.last - index.verse(stretch.last - 1).start
        early = early if early <= min(_OVER, told.matched - _WRITTEN) else 0
        late = late if late <= min(_OVER, told.matched - early - _WRITTEN) else 0
        size = told.matched - early - late
        own = replace(
            told,
            start=told.start + early,
            end=told.end - late,
            first=told.first + early,
            last=told.last - late,
            matched=size,
            runs=(Run(told.start + early, size, told.first + early),),
        )
        return replace(stretch, aligned=own, place=stretch.place + early)

    def _named(self, reading: Reading, stretch: Stretch, size: int) -> bool:
        """Whether half of a sentence or more is changed by a word or two where somebody says it,
        or where its verse is named beside it.
        """
        told, length = stretch.aligned, stretch.end - stretch.start
        few = told.matched < max(LEAST, _HALF * size)
        if few or told.widest > WORD or stretch.bits < _NAMED:
            return False
        verses = self._passages.ends(Pick(stretch.place, stretch.last))
        named = [each for each in reading.mentions if each.touches(*verses)]
        if told.exact:
            return any(each.size <= _VERSES for each in named)
        sure = told.matched > LEAST + 1 and stretch.bits >= _TOLD
        return bool(named) or (sure and told.matched >= _MOSTLY * length and reading.told)

    def _before(self, reading: Reading, first: int, stretch: Stretch) -> int:
        """How many words before it may be its beginning, changed."""
        if not stretch.start or self._passages.begins(stretch.place):
            return 0
        if reading.words[first + stretch.start - 1].text in _LEADS:
            return 0
        left = _unbroken(reading, range(first + stretch.start, first, -1))
        there = stretch.place - self._passages.index.verse(stretch.place).start
        return left if _changed(left, there, stretch) else 0

    def _behind(self, reading: Reading, first: int, stretch: Stretch, size: int) -> int:
        """How many words behind it may be its end, changed."""
        rest = size - stretch.end
        left = _unbroken(reading, range(first + stretch.end, first + size))
        if not rest or self._passages.ended(stretch.last):
            return left if left <= _SHORT else 0
        if not left and rest <= _SHORT:
            left = rest
        there = self._passages.index.verse(stretch.last - 1).end - stretch.last
        return left if _changed(left, there, stretch) else 0

    def _rivals(self, stretch: Stretch, others: list[Stretch]) -> bool:
        """Whether another verse is as near, and would have other words."""
        one, two = self._passages.ends(Pick(stretch.place, stretch.last))
        for other in others:
            first, last = self._passages.ends(Pick(other.place, other.last))
            if other.aligned.score >= stretch.aligned.score and (last < one or two < first):
                return not self._nearly.same(Pick(stretch.place, stretch.last), other)
        return False


def _changed(left: int, there: int, stretch: Stretch) -> bool:
    """Whether a reader takes so many words beside a verse for its own, which has `there` there."""
    few = left <= _SHORT or stretch.aligned.matched >= _MUCH * left
    return 0 < left <= there + 1 and few


def _unbroken(reading: Reading, places: range) -> int:
    """How many words there are up to the next comma or stop; the gap before the first counts."""
    for count, at in enumerate(places):
        one, other = (at - 1, at)
        gap = reading.clean.text[reading.words[one].end : reading.words[other].start]
        if _BREAK.search(gap):
            return count
    return len(places)
