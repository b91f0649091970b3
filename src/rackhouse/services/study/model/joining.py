"""Verses that were found, joined to passages; each from the start of a sentence to its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from rackhouse.services.study.model.canon import CHAPTER
from rackhouse.services.study.model.evidence import How, Why

WIDEST = 12  # verses of a passage that was found
REACH = 3  # verses looked at on each side
_GAP = 2  # verses between that were not found: nearer ones are of one passage
_ENDS = re.compile(r"[.!?][\"'\u201d\u2019)\]]*\s*$")


class Hit(Struct, frozen=True, kw_only=True):
    """A verse that was found."""

    verse: int
    why: Why


class Run(Struct, frozen=True, kw_only=True):
    """Verses of one chapter, from `first` to `last`; the best of the hits speaks for it."""

    first: int
    last: int
    hits: tuple[int, ...]
    why: Why


def joined(hits: Iterable[Hit]) -> list[Run]:
    """Runs in the order of their best hits. Each verse once: where it was found first."""
    runs: list[Run] = []
    for hit in _each_once(hits):
        at = next((i for i, each in enumerate(runs) if _near(each, hit.verse)), None)
        if at is None:
            runs.append(Run(first=hit.verse, last=hit.verse, hits=(hit.verse,), why=hit.why))
        else:
            runs[at] = _with(runs[at], hit)
    return _merged(runs)


def _each_once(hits: Iterable[Hit]) -> Iterable[Hit]:
    return {each.verse: each for each in reversed(list(hits))}.values().__reversed__()


def _near(run: Run, verse: int) -> bool:
    # What is named is one passage, however long; within a long one what was searched for is not.
    named = run.why.how is How.NAMED and not run.why.query
    within = named or max(run.last, verse) - min(run.first, verse) < WIDEST
    close = run.first - _GAP <= verse <= run.last + _GAP
    return within and close and run.first // CHAPTER == verse // CHAPTER


def _with(run: Run, hit: Hit) -> Run:
    terms = tuple(dict.fromkeys((*run.why.terms, *hit.why.terms)))
    return Run(
        first=min(run.first, hit.verse),
        last=max(run.last, hit.verse),
        hits=tuple(sorted({*run.hits, hit.verse})),
        why=Why(
            how=run.why.how,
            query=run.why.query,
            score=run.why.score,
            signals=run.why.signals,
            terms=terms,
        ),
    )


def _merged(runs: Sequence[Run]) -> list[Run]:
    """What grew together is one, in the place of the better."""
    kept: list[Run] = []
    for run in runs:
        at = next((i for i, each in enumerate(kept) if _touch(each, run)), None)
        if at is None:
            kept.append(run)
            continue
        for verse in run.hits:
            kept[at] = _with(kept[at], Hit(verse=verse, why=run.why))
    return kept


def _touch(one: Run, other: Run) -> bool:
    whole = max(one.last, other.last) - min(one.first, other.first)
    apart = max(one.first, other.first) - min(one.last, other.last)
    return apart <= _GAP and whole < WIDEST and one.first // CHAPTER == other.first // CHAPTER


def around(run: Run, last_of_chapter: int) -> tuple[int, int]:
    """The verses to look at for where its sentences begin and end."""
    if run.why.how is How.NAMED:
        return run.first, run.last
    start = max(run.first - REACH, run.first // CHAPTER * CHAPTER + 1)
    return start, min(run.last + REACH, last_of_chapter)


def settled(run: Run, texts: Mapping[int, str]) -> Run:
    """The run from the beginning of a sentence to the end of one, as far as `texts` goes. Where no
    sentence ends within reach it stays as it was: half a chapter is no context.
    """
    first, last = run.first, run.last
    while first - 1 in texts and not _ENDS.search(texts[first - 1]):
        first -= 1
    if first - 1 not in texts and first % CHAPTER != 1:
        first = run.first
    while last in texts and not _ENDS.search(texts[last]) and last + 1 in texts:
        last += 1
    if not _ENDS.search(texts.get(last, "")):
        last = run.last
    return Run(first=first, last=last, hits=run.hits, why=run.why)
