"""What words that are given as the text's own nearly are: the text's own words for them, or nothing
where that is not clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rackhouse.services.study.model.guard.claims import Claim
from rackhouse.services.study.model.guard.mentions import Mention
from rackhouse.services.study.model.guard.passages import Passages, Pick
from rackhouse.services.study.model.guard.search import Numbers, Search, Stretch

_SHARE = 0.5  # of the words that have to be the text's own
_NAMED = 0.35  # where the verse is named
_LEAST = 3  # words
_BITS = 18.0  # below that it is anybody's phrase
_SURE = 5  # words of each of several stretches
_VERSES = 3  # that are written whole where they are named and only alike
_CLOSE = 1.0  # by how much the best has to be better than what is of another verse


class Nearly:
    """Over one index."""

    def __init__(self, search: Search, passages: Passages) -> None:
        self._search, self._passages = search, passages

    def picks(self, claim: Claim, numbers: Numbers) -> tuple[Pick, ...]:
        """What stands for a claim; () where no text, or no one text, is meant."""
        said = numbers[claim.first : claim.last]
        mention = claim.mention
        if mention is not None and mention.size <= _VERSES:
            found = self._search.against(said, mention.ranges)
        else:
            found = self._search.stretches(said) or self._search.stretches(said, faint=True)
        if mention is not None:
            found = [each for each in found if self._touches(each, mention)]
        if several := self._several(said, found):
            return several
        if pick := self.one(said, found):
            return (pick,)
        return self._named(said, mention) if mention is not None else ()

    def one(self, said: Numbers, found: Sequence[Stretch]) -> Pick | None:
        """The one stretch that nearly all of it is; None where there is none, or not one alone."""
        if not found:
            return None
        best = found[0]
        share = best.aligned.matched / len(said)
        if best.aligned.matched < _LEAST or share < _SHARE or best.bits < _BITS:
            return None
        pick = self._passages.widened(Pick(best.place, best.last), best.start, len(said) - best.end)
        verses = self._passages.ends(pick)
        for other in found[1:]:
            if other.aligned.score <= best.aligned.score - _CLOSE:
                break
            one, two = self._passages.ends(Pick(other.place, other.last))
            if (two < verses[0] or verses[1] < one) and not self.same(pick, other):
                return None
        return pick

    def same(self, pick: Pick, other: Stretch) -> bool:
        """Whether another verse has the very words that would be written."""
        stream = self._search.index.stream
        size = pick.last - pick.place
        words = stream[pick.place : pick.last].tolist()
        around = stream[max(other.place - size, 0) : other.last + size].tolist()
        return any(around[at : at + size] == words for at in range(len(around) - size + 1))

    def _several(self, said: Numbers, found: Sequence[Stretch]) -> tuple[Pick, ...]:
        """Stretches of different verses, each exact, that are all of it together."""
        kept: list[Stretch] = []
        for each in found:
            exact = each.aligned.exact and each.aligned.matched >= _SURE
            if exact and all(each.end <= it.start or it.end <= each.start for it in kept):
                kept.append(each)
        if len(kept) < 2 or sum(it.aligned.matched for it in kept) < len(said):
            return ()
        kept.sort(key=lambda it: it.start)
        verses = [self._passages.ends(Pick(it.place, it.last)) for it in kept]
        if any(one[1] >= other[0] for one, other in pairwise(verses)):
            return ()  # one verse of several translations, or backwards
        return tuple(Pick(it.place, it.last) for it in kept)

    def _touches(self, stretch: Stretch, mention: Mention) -> bool:
        return mention.touches(*self._passages.ends(Pick(stretch.place, stretch.last)))

    def _named(self, said: Numbers, mention: Mention) -> tuple[Pick, ...]:
        """The verse that is named, where the words are alike at all."""
        if len(mention.ranges) > 1 or mention.size > _VERSES:
            return ()
        index = self._search.index
        best, most = None, _NAMED
        words = [word for word in said.tolist() if word >= 0]
        first, last = mention.ranges[0]
        held = index.within(first, last)
        for translation in index.translations:
            verses = [each for each in held if each.translation == translation]
            if not verses:
                continue
            pick = Pick(verses[0].start, verses[-1].end)
            own = set(index.stream[pick.place : pick.last].tolist())
            share = sum(1 for word in words if word in own) / max(len(said), 1)
            if share > most:
                best, most = pick, share
        return (best,) if best is not None and len(words) >= _LEAST else ()
