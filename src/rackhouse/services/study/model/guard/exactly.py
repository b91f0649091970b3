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
        rows = self._search.chained([numbers[first:last] for first, last in parts], _FAR)
        if not len(rows):
            return None
        first, last = parts[0]
        named = claim.mention.ranges if claim.mention else ()
        order = self._passages.index.ranked(rows[:, 0], last - first, named)[:_MOST]
        sizes = [last - first for first, last in parts]
        chains = [
            tuple(Pick(place, place + size) for place, size in zip(row, sizes, strict=True))
            for row in rows[order].tolist()
        ]
        whole = [chain for chain in chains if self._passages.together(chain)]
        for chain in whole:
            if self.held(chain, claim.mention):
                return chain, True
        return (whole[0], False) if whole else None

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
