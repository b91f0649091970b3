"""A topical work: subjects, what it says of each in a line, and which verses it names there."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.search.tokens import words
from rackhouse.services.scripture.model.translation import Licence

_MARKS = re.compile(r"[^a-z0-9]+")
_LOW = 2**32 - 1
_WIDE = 200  # verses: what names more is no word on one of them


@dataclass(frozen=True, slots=True)
class Line:
    """What is said, and the verses that are named for it. `depth` 1 belongs to the line above."""

    text: str
    verses: tuple[Range, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Topic:
    """`see` are the names of others."""

    id: str
    name: str
    lines: tuple[Line, ...]
    see: tuple[str, ...] = ()

    @property
    def verses(self) -> tuple[Range, ...]:
        """All that it names, each once."""
        return tuple(dict.fromkeys(each for line in self.lines for each in line.verses))


class Topics:
    """A work. Its subjects are read when they are asked for."""

    def __init__(
        self,
        name: str,
        licence: Licence,
        subjects: Iterable[str],
        read: Callable[[str], Topic],
        named: Iterable[tuple[str, Range]],
    ) -> None:
        """The names of its subjects; `read` answers one; `named`: which verses each names."""
        self.name = name
        self.licence = licence
        self._names = {id_of(each): each for each in subjects}
        self._words = {id: words(name) for id, name in self._names.items()}
        ids = {name: at for at, name in enumerate(self._names.values())}
        # One number each while they are sorted: tuples would be ten megabytes that stay behind.
        told = sorted(
            it.first << 64 | it.last << 32 | ids[name] for name, it in named if len(it) <= _WIDE
        )
        self._first = array("I", (it >> 64 for it in told))
        self._last = array("I", (it >> 32 & _LOW for it in told))
        self._topic = array("I", (it & _LOW for it in told))
        self._ids = list(self._names)
        spans = zip(self._first, self._last, strict=True)
        self._widest = max((last - first for first, last in spans), default=0)
        self._read = lru_cache(maxsize=64)(read)

    def __len__(self) -> int:
        return len(self._names)

    def topic(self, id: str) -> Topic | None:
        """One by its id or its name."""
        name = self._names.get(id_of(id))
        return self._read(name) if name else None

    def called(self, q: str, most: int) -> list[tuple[str, str]]:
        """Ids and names: those that are called so, then those that begin so, then those that have
        all the words.
        """
        told = words(q)
        if not told:
            return []
        ranked = [
            (rank, id)
            for id, name in self._words.items()
            if (rank := _rank(name, told)) is not None
        ]
        return [(id, self._names[id]) for _, id in sorted(ranked)[:most]]

    def of(self, verses: Range, most: int) -> list[tuple[str, str]]:
        """Ids and names of those that name a verse of it, the most exact first."""
        near: dict[int, int] = {}
        begin = bisect_right(self._first, max(0, verses.first - self._widest - 1))
        for at in range(begin, bisect_right(self._first, verses.last)):
            if self._last[at] >= verses.first:
                size = self._last[at] - self._first[at]
                near[self._topic[at]] = min(size, near.get(self._topic[at], size))
        some = sorted(near, key=lambda topic: (near[topic], topic))[:most]
        return [(self._ids[each], self._names[self._ids[each]]) for each in some]


def id_of(name: str) -> str:
    """As it stands in an address: `HOLY SPIRIT` as `holy-spirit`."""
    return _MARKS.sub("-", " ".join(words(name))).strip("-")


def _rank(name: list[str], asked: list[str]) -> tuple[int, int] | None:
    if name == asked:
        return 0, 0
    *whole, begun = asked
    if name[: len(asked)] == asked or (
        name[: len(whole)] == whole and any(it.startswith(begun) for it in name[len(whole) :][:1])
    ):
        return 1, len(name)
    return (2, len(name)) if set(asked) <= set(name) else None
