"""Two runs of words laid beside each other: from a place where they agree both ways, stepping over
what is swapped, dropped or added. At most four words are stepped over at a time, so the time that
it takes is in proportion to its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

_GAP = 4
# How many words of the one and of the other are stepped over: what changes least comes first.
_STEPS = sorted(
    ((said, told) for said in range(_GAP + 1) for told in range(_GAP + 1) if said or told),
    key=lambda step: (max(step), step[0] + step[1], step[0] != step[1]),
)


class Run(NamedTuple):
    """So many words from `start` of what is said on are the same as from `place` of the text on."""

    start: int
    size: int
    place: int


@dataclass(frozen=True, slots=True)
class Aligned:
    """`start` to `end` of what is said agrees with `first` to `last` of the text, but for `changes`
    places, the widest of so many words. `matched` words are the same. `runs`: the stretches without
    a change.
    """

    start: int
    end: int
    first: int
    last: int
    matched: int
    changes: int
    runs: tuple[Run, ...]
    widest: int = 0

    @property
    def score(self) -> float:
        """How much agrees, less what does not."""
        return self.matched - 1.1 * self.changes

    @property
    def exact(self) -> bool:
        """Without any change."""
        return not self.changes


class Pair(NamedTuple):
    """What is said and the text, as numbers of words; below 0 are those that agree with none.
    `rare`: those that agree by chance so seldom that one of them is enough to go on behind a
    change; `fair`: behind a change of one word.
    """

    said: list[int]
    text: list[int]
    rare: frozenset[int]
    fair: frozenset[int] = frozenset()

    def agree(self, at: int, place: int) -> bool:
        """Whether there is the same word."""
        said, text = self.said, self.text
        inside = 0 <= at < len(said) and 0 <= place < len(text)
        return inside and said[at] >= 0 and said[at] == text[place]


def aligned(pair: Pair, at: int, place: int) -> Aligned:
    """Beginning where they agree."""
    right = _walk(pair, at, place, 1)
    left = _walk(pair, at - 1, place - 1, -1)
    before = [
        Run(run.start - run.size + 1, run.size, run.place - run.size + 1)
        for run in reversed(left.runs)
    ]
    runs = _joined(before, right.runs)
    return Aligned(
        start=left.at + 1,
        end=right.at,
        first=left.place + 1,
        last=right.place,
        matched=left.matched + right.matched,
        changes=len(runs) - 1,
        runs=tuple(runs),
        widest=max(left.widest, right.widest),
    )


@dataclass(slots=True)
class _Walk:
    at: int
    place: int
    matched: int
    runs: list[Run]
    widest: int = 0


def _walk(pair: Pair, at: int, place: int, way: int) -> _Walk:
    """As far as it goes that way; `at` and `place` are then behind the last word that agrees."""
    walk = _Walk(at, place, 0, [])
    stepped = 0
    while True:
        size = _same(pair, at, place, way)
        if size:
            walk.runs.append(Run(at, size, place))
            at, place = at + way * size, place + way * size
            walk.at, walk.place, walk.matched = at, place, walk.matched + size
            walk.widest = max(walk.widest, stepped)
        elif walk.runs or way > 0:
            return walk
        step = _step(pair, at, place, way)
        if step is None:
            return walk
        stepped = max(step)
        at, place = at + way * step[0], place + way * step[1]


def _same(pair: Pair, at: int, place: int, way: int) -> int:
    """How many words agree from there on."""
    said, text = pair.said, pair.text
    most = min(len(said) - at, len(text) - place) if way > 0 else min(at, place) + 1
    size = 0
    while size < most and said[at] == text[place] >= 0:
        at, place, size = at + way, place + way, size + 1
    return size


def _next(words: list[int], at: int, way: int) -> list[int]:
    """The words from there on that a step may reach."""
    if way > 0:
        return words[at : at + _GAP + 1]
    return words[max(at - _GAP, 0) : at + 1][::-1]


def _step(pair: Pair, at: int, place: int, way: int) -> tuple[int, int] | None:
    """The least that is stepped over so that the words agree again: two of them, or a rare one, or
    the last that is said behind a word or two.
    """
    said, text = _next(pair.said, at, way), _next(pair.text, place, way)
    if {*said}.isdisjoint(text):
        return None  # most often: where a verse ends
    for step in _STEPS:
        one, other = step
        if one >= len(said) or other >= len(text) or not said[one] == text[other] >= 0:
            continue
        one, other = at + way * one, place + way * other
        word, end = pair.said[one], one + way
        alone = word in pair.rare or (max(step) == 1 and word in pair.fair)
        if alone or pair.agree(end, other + way):
            return step
        if not 0 <= end < len(pair.said) and _ends(pair, at, place, way, step):
            return step
    return None


def _ends(pair: Pair, at: int, place: int, way: int, step: tuple[int, int]) -> bool:
    """Whether one word at the very end is enough behind that."""
    if max(step) == 1:
        return True
    turned = pair.agree(at, place + way) and pair.agree(at + way, place)
    return step == (2, 2) and (way > 0 or turned)


def _joined(left: list[Run], right: list[Run]) -> list[Run]:
    """The run that goes over where it began is one."""
    if left and right:
        one, other = left[-1], right[0]
        if (one.start + one.size, one.place + one.size) == (other.start, other.place):
            return [*left[:-1], one._replace(size=one.size + other.size), *right[1:]]
    return [*left, *right]
