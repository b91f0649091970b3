"""Chapters divided over days: about as many verses on each, and whole chapters where it can be."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from rackhouse.services.scripture.model.canon.books import Book, next_of
from rackhouse.services.scripture.model.reference import Range

_NEAR = 0.49  # of a day's verses: how far from its place an end may be, to be that of a chapter


@dataclass(frozen=True, slots=True)
class Track:
    """Books, in the order in which they are read."""

    books: tuple[Book, ...]


@lru_cache(maxsize=64)
def divided(track: Track, days: int) -> tuple[tuple[Range, ...], ...]:
    """What is read on each day. Every verse is on one day, in order, and no day is empty."""
    chapters = [
        Range(book.first(number), book.last(number))
        for book in track.books
        for number in range(1, book.chapters + 1)
    ]
    ends = list(accumulate(len(each) for each in chapters))
    mean = ends[-1] / days
    cuts = [0, *(_cut(ends, mean, day) for day in range(1, days)), ends[-1]]
    return tuple(
        tuple(_joined(_between(chapters, ends, cuts[day], cuts[day + 1]))) for day in range(days)
    )


def _cut(ends: list[int], mean: float, day: int) -> int:
    """How many verses are read when that day is over."""
    ideal = mean * day
    at = bisect_left(ends, ideal)
    near = min((0, *ends[max(0, at - 1) : at + 1]), key=lambda end: abs(end - ideal))
    return near if abs(near - ideal) <= mean * _NEAR else round(ideal)


def _between(chapters: list[Range], ends: list[int], begin: int, end: int) -> Iterable[Range]:
    """The verses after the first `begin` of them, up to `end`."""
    at = bisect_right(ends, begin)
    while begin < end:
        chapter = chapters[at]
        before = ends[at] - len(chapter)
        till = min(end, ends[at])
        yield Range(chapter.first + begin - before, chapter.first + till - before - 1)
        begin, at = till, at + 1


def _joined(some: Iterable[Range]) -> Iterable[Range]:
    """Chapters that follow each other as one range."""
    last: Range | None = None
    for each in some:
        if last and next_of(last.last) == each.first:
            last = Range(last.first, each.last)
            continue
        if last:
            yield last
        last = each
    if last:
        yield last
