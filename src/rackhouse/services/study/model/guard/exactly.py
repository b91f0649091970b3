"""Whether words are a run of the text's own, and where.

What is left out may be marked: `...` (as one sign too, and in brackets) stands for words of the
same verse or of the next. Between two such marks are three words or more: out of single words
anything could be put together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rackhouse.services.study.model.guard.claims import Claim, Reading
from rackhouse.services.study.model.guard.mentions import Mention
from rackhouse.services.study.model.guard.passages import Passages, Pick
from rackhouse.services.study.model.guard.search import Numbers, Search

_LEFT_OUT = re.compile(r"[\[(]?\s*\.\s?\.\s?\.[\s.]*[\])]?")
_PART = 3  # words
_FAR = 60  # words that may be left out at once
_MOST = 50  # places that are looked at


class Exactly:
    """Over one index."""

    def __init__(self, search: Search, passages: Passages) -> None:
        self._search, self._passages = search, passages

    def picks(
        self, reading: Reading, claim: Claim, numbers: Numbers
    ) -> tuple[tuple[Pick, ...], bool] | None:
        """The words of a claim, one pick for each part between what is left out, and whether they
        are of the verses that it names. None where they are not a run of any text.
        """
        parts = self._parts(reading, claim)
        if len(parts) > 1 and min(last - first for first, last in parts) < _PART:
            return None
        first, last = parts[0]
        places = self._search.exact(numbers[first:last])
        named = claim.mention.ranges if claim.mention else ()
        best = self._passages.index.ranked(places, last - first, named)[:_MOST].tolist()
        chains = [chain for place in best if (chain := self._chain(numbers, parts, place))]
        if not chains:
            return None
        for chain in chains:
            if self.held(chain, claim.mention):
                return chain, True
        return chains[0], False

    def held(self, picks: Sequence[Pick], mention: Mention | None) -> bool:
        """Whether these words are of the verses named; True where none are."""
        return mention is None or all(mention.holds(*self._passages.ends(it)) for it in picks)

    def _parts(self, reading: Reading, claim: Claim) -> list[tuple[int, int]]:
        """The numbers of the words between what is left out."""
        parts, since = [], claim.first
        text = reading.clean.text
        start, end = reading.words[claim.first].start, reading.words[claim.last - 1].end
        for gap in _LEFT_OUT.finditer(text, start, end):
            upto, on = (
                reading.numbered(gap.start(), gap.end())[0],
                reading.numbered(gap.end(), end)[0],
            )
            if since < upto:
                parts.append((since, upto))
            since = on
        return [*parts, (since, claim.last)] if since < claim.last else parts

    def _chain(
        self, numbers: Numbers, parts: list[tuple[int, int]], place: int
    ) -> tuple[Pick, ...] | None:
        """The parts one behind the other, from a place on."""
        size = parts[0][1] - parts[0][0]
        chain = [Pick(place, place + size)]
        for first, last in parts[1:]:
            at = self._search.follows(numbers[first:last], chain[-1].last, _FAR)
            if at is None:
                return None
            chain.append(Pick(at, at + last - first))
        return tuple(chain)
