"""Where in the held texts a run of words stands, exactly or nearly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import ne

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.study.model.guard.align import Aligned, Pair, aligned
from rackhouse.services.study.model.guard.index import Index, Ranges

Numbers = NDArray[np.int64]
_NEAR = 5  # places by which two seeds of one stretch may be apart: what was dropped or added
_TRIED = 8  # stretches that are looked at word by word
_MOST = 300  # places of one seed: more often it is no sign of a verse
_RARE = 400  # a word that all texts together have less often than this is a sign by itself
_FAIR = 4_000  # the same behind a single word


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of what is said, and the text it is of. `place`: of its first word in the stream.
    `renewed`: of the words that agree, those that are a new form of an old one, or the other way.
    """

    aligned: Aligned
    place: int
    bits: float
    renewed: int = 0

    @property
    def start(self) -> int:
        return self.aligned.start

    @property
    def end(self) -> int:
        return self.aligned.end

    @property
    def last(self) -> int:
        """The place behind its last word."""
        return self.place + self.aligned.last - self.aligned.first


@dataclass(frozen=True, slots=True)
class Worth:
    """How unlikely each word of what is said is to stand there by chance."""

    said: list[int]
    likened: list[int]
    alone: list[float]
    behind: list[float]
    rare: frozenset[int]
    fair: frozenset[int]

    def of(self, found: Aligned) -> float:
        """The bits of all words that agree."""
        return sum(
            self.alone[run.start] + sum(self.behind[run.start + 1 : run.start + run.size])
            for run in found.runs
        )


class Search:
    """Over one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._total = max(len(index), 2)
        self._last: tuple[bytes, Worth] | None = None

    def exact(self, numbers: Numbers) -> NDArray[np.int32]:
        """Every place where these words stand in a row."""
        size = len(numbers)
        if not size or (numbers < 0).any():
            return np.zeros(0, np.int32)
        stream = self.index.stream
        if size < 3:
            ranges = self.index.ones(numbers) if size == 1 else self.index.twos(numbers)
            return np.sort(self.index.places(int(ranges.first[0]), int(ranges.last[0])))
        ranges = self.index.threes(numbers)
        width = (ranges.last - ranges.first)[: size - 2]
        seed = int(np.argmin(width))
        if not width[seed]:
            return np.zeros(0, np.int32)
        places = self.index.places(int(ranges.first[seed]), int(ranges.last[seed])) - seed
        places = places[(places >= 0) & (places + size <= len(stream))]
        for at in range(size):
            if not len(places):
                break
            places = places[stream[places + at] == numbers[at]]
        return np.sort(places)

    def chained(self, parts: Sequence[Numbers], far: int) -> NDArray[np.int32]:
        """Where the parts stand one behind the other, each not too far behind the one before: a
        row of places for each time.
        """
        rows = self.exact(parts[0])[:, None]
        for before, part in pairwise(parts):
            places = self.exact(part)
            if not len(places) or not len(rows):
                return np.zeros((0, len(parts)), np.int32)
            ends = rows[:, -1] + len(before)
            at = np.minimum(np.searchsorted(places, ends), len(places) - 1)
            near = (places[at] >= ends) & (places[at] - ends <= far)
            rows = np.column_stack((rows, places[at]))[near]
        return rows

    def stretches(self, numbers: Numbers, *, faint: bool = False) -> list[Stretch]:
        """What of it follows some text, the best first; several texts may claim the same words.
        `faint`: two words in a row are sign enough.
        """
        worth: Worth | None = None
        found: dict[tuple[int, int, int], Stretch] = {}
        for at, place in self._seeds(numbers, faint=faint):
            worth = worth or self._worth(numbers)
            stretch = self._beside(worth, at, place)
            found.setdefault((stretch.start, stretch.end, stretch.place), stretch)
        return sorted(found.values(), key=lambda it: (-it.aligned.score, it.place))

    def against(self, numbers: Numbers, ranges: Sequence[tuple[int, int]]) -> list[Stretch]:
        """The same of these verses alone, by their numbers: two words in a row are sign enough,
        however often others have them.
        """
        worth = self._worth(numbers)
        found: dict[tuple[int, int, int], Stretch] = {}
        for held in [each for first, last in ranges for each in self.index.within(first, last)]:
            text = self.index.stream[held.start : held.end].tolist()
            pairs = {(one, two): at for at, (one, two) in enumerate(pairwise(text))}
            end = 0
            for at, pair in enumerate(pairwise(worth.said)):
                if at >= end and pair in pairs:
                    stretch = self._beside(worth, at, held.start + pairs[pair])
                    found.setdefault((stretch.start, stretch.end, stretch.place), stretch)
                    end = stretch.end
        return sorted(found.values(), key=lambda it: (-it.aligned.score, it.place))

    def own(self, numbers: Numbers, among: Sequence[int]) -> set[int]:
        """Which of these places of what is said are within three words in a row of some text."""
        ranges = self.index.threes(numbers)
        starts = np.flatnonzero(ranges.last > ranges.first).tolist()
        return {at + more for at in starts for more in range(3)} & {*among}

    def _beside(self, worth: Worth, at: int, place: int) -> Stretch:
        """The stretch through that place of both."""
        begin = max(place - at - 2 * _NEAR, 0)
        end = place + len(worth.said) - at + 2 * _NEAR
        text = self.index.stream[begin:end].tolist()
        pair = Pair(worth.likened, self.index.likened(text), worth.rare, worth.fair)
        found = aligned(pair, at, place - begin)
        renewed = sum(
            map(
                ne,
                [it for run in found.runs for it in worth.said[run.start : run.start + run.size]],
                [it for run in found.runs for it in text[run.place : run.place + run.size]],
            )
        )
        if found.exact and renewed:
            found = replace(found, changes=1, widest=1)
        return Stretch(found, begin + found.first, worth.of(found), renewed)

    def _seeds(self, numbers: Numbers, *, faint: bool) -> Iterator[tuple[int, int]]:
        """A place of what is said and one of the stream, for each group of seeds on a diagonal."""
        ranges = self.index.twos(numbers) if faint else self.index.threes(numbers)
        at, place, worth = self._hits(ranges)
        if not len(at):
            return
        diagonal = place - at
        order = np.argsort(diagonal, kind="stable")
        diagonal, at, place = diagonal[order], at[order], place[order]
        firsts = np.append(0, np.flatnonzero(np.diff(diagonal) > _NEAR) + 1)
        sizes = np.diff(np.append(firsts, len(diagonal)))
        worths = np.add.reduceat(worth[order], firsts)
        least = 2 if faint else 1
        for group in np.argsort(-worths, kind="stable")[:_TRIED]:
            if sizes[group] >= least:
                first = int(firsts[group])
                best = first + _densest(diagonal[first : first + int(sizes[group])].tolist())
                yield int(at[best]), int(place[best])

    def _hits(self, ranges: Ranges) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """A place of what is said, one of the stream, and how much that says: little where there
        are many.
        """
        often = ranges.last - ranges.first
        width = np.minimum(often, _MOST)
        seeds = np.flatnonzero(width)
        width = width[seeds]
        within = np.arange(int(width.sum())) - np.repeat(np.cumsum(width) - width, width)
        rows = np.repeat(ranges.first[seeds], width) + within
        worth = np.log2(self._total / np.maximum(often[seeds], 1))
        return np.repeat(seeds, width), self.index.rows(rows), np.repeat(worth, width)

    def _worth(self, numbers: Numbers) -> Worth:
        """The last one is kept: the same words are laid beside several texts."""
        key, last = numbers.tobytes(), self._last
        if last is None or last[0] != key:
            last = self._last = (key, self._valued(numbers))
        return last[1]

    def _valued(self, numbers: Numbers) -> Worth:
        """What each word says, in bits: alone, and behind the one before it. A pair's own place is
        not counted, so that a verse is no witness of itself.
        """
        index = self.index
        count = index.counts(numbers).astype(np.float64)
        pairs = index.twos(numbers)
        often = np.maximum(pairs.last - pairs.first - len(index.translations), 0)
        alone = np.maximum(count, 1) / self._total
        behind = np.zeros(len(numbers))
        behind[1:] = often[:-1] / np.maximum(count[:-1], 1)
        said, many = numbers.tolist(), count.tolist()
        return Worth(
            said=said,
            likened=self.index.likened(said),
            alone=(-np.log2(0.3 * alone)).tolist(),
            behind=(-np.log2(0.7 * behind + 0.3 * alone)).tolist(),
            rare=frozenset(it for it, often in zip(said, many, strict=True) if 0 < often < _RARE),
            fair=frozenset(it for it, often in zip(said, many, strict=True) if 0 < often < _FAIR),
        )


def _densest(diagonals: list[int]) -> int:
    """Where the diagonal begins that has most of these seeds; they are sorted."""
    best = most = since = 0
    for at, diagonal in enumerate(diagonals):
        if diagonal != diagonals[since]:
            since = at
        if at - since + 1 > most:
            best, most = since, at - since + 1
    return best
