"""A sentence put together again: plain words as they were, the text's own where they belong."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from rackhouse.services.study.model.guard.claims import Claim, Reading
from rackhouse.services.study.model.guard.passages import Passages, Pick
from rackhouse.services.study.model.guard.verdict import Kind, Part, Plain, Verdict

_ELISION = " \u2026 "
_WORDS = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Put:
    """Words of the texts for what the cleaned sentence has from `start` to `end`."""

    start: int
    end: int
    picks: tuple[Pick, ...]
    exact: bool

    @staticmethod
    def of(claim: Claim, picks: Sequence[Pick], *, exact: bool) -> Put:
        """For a claim."""
        return Put(claim.start, claim.end, tuple(picks), exact)


@dataclass(frozen=True, slots=True)
class Words:
    """Words, each with its number."""

    texts: list[str]
    numbers: list[int]

    def without(self, own: Container[int]) -> list[str]:
        """Those that are not among these numbers."""
        return [it for it, at in zip(self.texts, self.numbers, strict=True) if at not in own]


def written(reading: Reading, passages: Passages, puts: Sequence[Put]) -> Verdict:
    """The sentence with all of that in its place."""
    clean, parts, at = reading.clean, list[Part](), 0
    for put in sorted(puts, key=lambda it: it.start):
        start, end = clean.start(put.start), clean.end(put.end)
        if end <= at:
            continue  # within another
        start = max(start, at)  # where two overlap, nothing of either is left plain
        parts += _plain(clean.source, at, start)
        for number, pick in enumerate(put.picks):
            if number:
                parts.append(Plain(_ELISION, end, end))
            parts.append(passages.quote(pick, start, end))
        at = end
    parts += _plain(clean.source, at, len(clean.source))
    if not puts:
        return Verdict(Kind.PASSES, tuple(parts))
    exact = all(put.exact for put in puts)
    return Verdict(Kind.QUOTED if exact else Kind.CORRECTED, tuple(parts))


def _plain(source: str, start: int, end: int) -> list[Plain]:
    return [Plain(source[start:end], start, end)] if end > start else []
