"""A sentence as the guard reads it: its words, and which of them are given as the text's own."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rackhouse.services.study.model.guard import speech
from rackhouse.services.study.model.guard.marks import Quoted, quoted
from rackhouse.services.study.model.guard.mentions import Mention, Mentions
from rackhouse.services.study.model.guard.normalise import WALL, Clean, Word, clean, words

_BESIDE = re.compile(
    r"[\s,.;!?)\]('\"\u201d\u2019\u2014-]*(?:\[|(?:cf\.?|see|of|in|from|at)\s)?[\s(\[]*"
)
_NOTHING = re.compile(r"[\W_]*")
_WORDS = re.compile(r"(?!(?:as|for|and|but|so|then)\b)\b\w+", re.IGNORECASE)
_DIRECTLY = 25  # characters between a reference and what it introduces


@dataclass(frozen=True, slots=True)
class Claim:
    """The words numbered `first` up to `last` are given as the text's own. They would be replaced
    from `start` up to `end` of the cleaned text. `marked`: by quotation marks. `introduced`: as
    what somebody said. `mention`: of which verses; `beside`: with nothing between.
    """

    first: int
    last: int
    start: int
    end: int
    marked: bool
    introduced: bool
    mention: Mention | None = None
    beside: bool = False

    def __len__(self) -> int:
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence, taken apart. `masked` is its cleaned text without references. `open`: at its end
    a quotation is. `before`: the verses whose words the sentence before it gave, without marks.
    """

    clean: Clean
    masked: str
    words: list[Word]
    mentions: list[Mention]
    claims: list[Claim]
    open: bool
    before: Mention | None = None

    @property
    def told(self) -> bool:
        """Whether it tells what somebody says, perhaps in other words."""
        return speech.told(self.masked)

    def free(self) -> Iterator[tuple[int, int]]:
        """The stretches of words that are not given as anybody's, and are no reference."""
        taken = sorted(
            [(claim.first, claim.last) for claim in self.claims]
            + [self.numbered(each.start, each.end) for each in self.mentions]
            + [(it, it) for it in self._walls()]
        )
        at = 0
        for first, last in taken:
            if first > at:
                yield at, first
            at = max(at, last)
        if at < len(self.words):
            yield at, len(self.words)

    def _walls(self) -> Iterator[int]:
        at = self.clean.text.find(WALL)
        while at >= 0:
            yield self.numbered(at, at)[0]
            at = self.clean.text.find(WALL, at + 1)

    def numbered(self, start: int, end: int) -> tuple[int, int]:
        """The numbers of the words that stand there."""
        return _numbered(self.words, start, end)


def read(
    source: str,
    mentions: Mentions,
    *,
    inside: bool = False,
    carried: Mention | None = None,
    before: Mention | None = None,
) -> Reading:
    """A sentence. `inside`: it begins within a quotation. `carried`: the one before ended with the
    announcement that these verses say what follows. `before` as in a Reading.
    """
    plain = clean(source)
    told = words(plain.text)
    named = mentions(plain.text)
    masked = speech.masked(plain.text, named)
    marked = [each for each in quoted(plain.text, inside=inside) if each.first < each.last]
    claims = [*_marked(masked, told, named, marked, carried)]
    claims += _announced(masked, told, named, marked)
    whole = not any(each.first == 0 for each in claims) and not named
    if carried and whole and told and not (marked and marked[0].start < told[0].start):
        upto = marked[0].start if marked else len(plain.text)
        if claim := _claim(told, 0, upto, carried):
            claims = [each for each in claims if each.marked] + [claim]
    return Reading(
        plain,
        masked,
        told,
        named,
        sorted(claims, key=lambda it: it.first),
        open=bool(marked) and marked[-1].open,
        before=before,
    )


def _marked(
    text: str,
    told: list[Word],
    mentions: Sequence[Mention],
    marked: Sequence[Quoted],
    carried: Mention | None,
) -> Iterator[Claim]:
    for each in marked:
        begin, end, own = _signed(text, mentions, each)
        first, last = _numbered(told, begin, end)
        if first == last:
            continue
        mention, beside = (own, True) if own else _of(text, mentions, each.start, each.end)
        introduced = speech.introduced(text, each.start, each.end)
        if mention is None and carried is not None:
            mention, introduced = carried, True
        yield Claim(first, last, each.start, each.end, True, introduced or beside, mention, beside)


def _signed(
    text: str, mentions: Sequence[Mention], marked: Quoted
) -> tuple[int, int, Mention | None]:
    """Where its words begin and end, where a reference stands before or behind them within it."""
    for each in mentions:
        if marked.first <= each.start and each.end <= marked.last:
            if _NOTHING.fullmatch(text, each.end, marked.last):
                return marked.first, each.start, each
            if _NOTHING.fullmatch(text, marked.first, each.start):
                return each.end, marked.last, each
    return marked.first, marked.last, None


def _announced(
    text: str, told: list[Word], mentions: Sequence[Mention], marked: Sequence[Quoted]
) -> list[Claim]:
    """What is given as somebody's words without marks, up to the first mark, reference or wall."""
    kept = _outermost(text, [*speech.said(text)])
    claims = []
    for said in kept:
        if any(each.start < said.start < each.end for each in marked):
            continue
        walls = [it.start for it in marked if it.start >= said.start]
        walls += [it.start for it in mentions if it.start >= said.start]
        walls += [at for at in (text.find(WALL, said.start),) if at >= 0]
        end = min([*walls, said.end])
        mention, _ = _of(text, mentions, said.start, end)
        if claim := _claim(told, said.start, end, mention):
            claims.append(claim)
    return claims


def _outermost(text: str, every: list[speech.Said]) -> list[speech.Said]:
    """Without what is within another; but where one does nothing than announce the next, that."""
    kept: list[speech.Said] = []
    for said in sorted(every, key=lambda it: (it.start, -it.end)):
        if kept and said.start < kept[-1].end:
            outer = kept[-1].start
            if said.since < outer or _WORDS.search(text[outer : said.since]):
                continue
            kept.pop()  # `Paul wrote: as it is written, ...`
        kept.append(said)
    return kept


def _claim(told: list[Word], start: int, end: int, mention: Mention | None) -> Claim | None:
    first, last = _numbered(told, start, end)
    if first == last:
        return None
    return Claim(first, last, told[first].start, told[last - 1].end, False, True, mention)


def _of(
    text: str, mentions: Sequence[Mention], start: int, end: int
) -> tuple[Mention | None, bool]:
    """The reference that words are given with, and whether nothing stands between them."""
    after = next((each for each in mentions if each.start >= end), None)
    if after and _BESIDE.fullmatch(text, end, after.start):
        return after, True
    before = next((each for each in reversed(mentions) if each.end <= start), None)
    if before:
        return before, start - before.end <= _DIRECTLY
    return after, False


def _numbered(told: list[Word], start: int, end: int) -> tuple[int, int]:
    first = bisect_left(told, start, key=lambda word: word.start)
    return first, max(first, bisect_left(told, end, key=lambda word: word.start))
