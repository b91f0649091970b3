"""What one rendering says with one word and another with another: learned from the renderings of a
collection, since they are paraphrases of each other, passage by passage.

IBM's first model (Brown et al., 1993) by expectation maximisation, for each pair of renderings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 6
_MOST = 6  # terms that one is bridged to
_LEAST = 0.05  # how often it has to be, that it counts

Terms = Sequence[Sequence[str]]  # of each passage
Share = NDArray[np.float64]
Places = NDArray[np.int64]


class Bridge:
    """Terms that are said for a term, each with how often."""

    def __init__(self, renderings: Mapping[str, Terms], codes: Iterable[str] = ()) -> None:
        """`codes` are renderings that nobody asks by, such as Strong's numbers."""
        self._said: dict[str, dict[str, float]] = {}
        codes = frozenset(codes)
        for one, other in permutations(renderings, 2):
            if one not in codes:
                self._learn(renderings[one], renderings[other])
        for term, said in self._said.items():
            best = sorted(said.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
            self._said[term] = dict(best)

    def widened(self, terms: Iterable[str]) -> dict[str, float]:
        """The terms that are said for these, without these."""
        terms = frozenset(terms)
        found: dict[str, float] = {}
        for each in terms:
            for other, share in self._said.get(each, {}).items():
                if other not in terms:
                    found[other] = max(found.get(other, 0.0), share)
        return found

    def _learn(self, one: Terms, other: Terms) -> None:
        for term, said, share in _translations(one, other):
            known = self._said.setdefault(term, {})
            known[said] = max(known.get(said, 0.0), share)


def _translations(one: Terms, other: Terms) -> Iterable[tuple[str, str, float]]:
    """Each term of `one`, what `other` says for it, and how often of all times. What a passage has
    in both is said for itself: only the rest has to be told apart.
    """
    all_times = Counter(term for each in one for term in frozenset(each))
    ours = [_without(mine, theirs) for mine, theirs in zip(one, other, strict=True)]
    theirs = [_without(their, mine) for mine, their in zip(one, other, strict=True)]
    moved = Counter(
        term for mine, their in zip(ours, theirs, strict=True) if their for term in mine
    )
    for term, said, share in _aligned(ours, theirs):
        often = share * moved[term] / all_times[term]
        if often >= _LEAST:
            yield term, said, often


def _without(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The terms of one that the other does not have, each once."""
    known = frozenset(other)
    return [each for each in dict.fromkeys(one) if each not in known]


def _aligned(one: Terms, other: Terms) -> Iterable[tuple[str, str, float]]:
    """Each term of `one`, and the share that each term of `other` has in saying it."""
    from_terms, from_places = _numbered(one)
    to_terms, to_places = _numbered(other)
    pairs, targets = _meetings(from_places, to_places, len(to_terms))
    if not pairs.size:
        return
    known, pair = np.unique(pairs, return_inverse=True)
    source = known // len(to_terms)
    share: Share = 1.0 / np.bincount(source, minlength=len(from_terms))[source]
    for _ in range(_ROUNDS):
        claim = share[pair]
        whole = np.bincount(targets, claim)
        count = np.bincount(pair, claim / whole[targets], minlength=known.size)
        share = count / np.bincount(source, count, minlength=len(from_terms))[source]
    for place in np.flatnonzero(share >= _LEAST):
        yield (
            from_terms[int(source[place])],
            to_terms[int(known[place] % len(to_terms))],
            float(share[place]),
        )


def _numbered(passages: Terms) -> tuple[list[str], list[Places]]:
    """The terms, and the numbers of those that each passage has, each once."""
    numbers: dict[str, int] = {}
    places = [
        np.array([numbers.setdefault(term, len(numbers)) for term in each], np.int64)
        for each in passages
    ]
    return list(numbers), places


def _meetings(one: list[Places], other: list[Places], width: int) -> tuple[Places, Places]:
    """Each pair of terms that a passage has in both, as one number, and which word of `other` it
    is about: words of all passages are counted through.
    """
    pairs, targets, before = [], [], 0
    for here, there in zip(one, other, strict=True):
        if here.size and there.size:
            pairs.append((here[:, None] * width + there).ravel())
            targets.append(np.tile(np.arange(before, before + there.size), here.size))
            before += there.size
    if not pairs:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(pairs), np.concatenate(targets)
