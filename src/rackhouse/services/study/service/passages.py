"""Verses become passages: joined, drawn to whole sentences, and given their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.evidence import Passage, Words
from rackhouse.services.study.model.found import Range
from rackhouse.services.study.model.joining import Hit, Run, around, joined, settled
from rackhouse.services.study.service.seams import Scripture

_SPARE = 2  # of the runs that are looked at, for each that is wanted


class Passages:
    """Over the text store."""

    def __init__(self, scripture: Scripture) -> None:
        self._scripture = scripture

    async def of(
        self, hits: Iterable[Hit], translations: Sequence[str], *, most: int
    ) -> list[Passage]:
        """The passages of these verses, in the order of the best of each; `most` of them."""
        canon = await self._scripture.canon()
        runs = joined(each for each in hits if canon.has(each.verse))[: most * _SPARE]
        wide = [around(each, canon.last(each.first)) for each in runs]
        told = await self._scripture.passages(wide, translations)
        made = [
            _passage(canon, settled(run, _first(words)), words)
            for run, words in zip(runs, told, strict=True)
        ]
        return _apart(made)[:most]

    async def at(self, ranges: Sequence[Range], translations: Sequence[str]) -> list[list[Words]]:
        """The words of ranges as they are."""
        return [list(each) for each in await self._scripture.passages(ranges, translations)]


def _first(words: Sequence[Words]) -> dict[int, str]:
    """Of the translation that was asked for first, of those that have it."""
    held = next((each.verses for each in words if each.verses), ())
    return {each.id: each.text for each in held}


def _passage(canon: Canon, run: Run, words: Sequence[Words]) -> Passage:
    return Passage(
        reference=canon.written(run.first, run.last),
        code=canon.code(run.first, run.last),
        first=run.first,
        last=run.last,
        hits=run.hits,
        texts=tuple(
            Words(
                translation=each.translation,
                verses=tuple(it for it in each.verses if run.first <= it.id <= run.last),
            )
            for each in words
        ),
        why=run.why,
    )


def _apart(passages: Iterable[Passage]) -> list[Passage]:
    """No verse twice: what a better passage has as context is left out of the others."""
    kept: list[Passage] = []
    for each in passages:
        if not any(each.first <= it.last and it.first <= each.last for it in kept):
            kept.append(each)
    return kept
