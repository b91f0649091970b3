"""The tools: each a few lines over scripture and retrieval. What they find becomes evidence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatchmethod

from msgspec import Struct

from rackhouse.services.study.model.canon import CHAPTER, Canon
from rackhouse.services.study.model.evidence import How, Passage, Why
from rackhouse.services.study.model.found import Range
from rackhouse.services.study.model.joining import Hit
from rackhouse.services.study.model.tools import (
    BadCall,
    Call,
    CompareTranslations,
    Context,
    CrossReferences,
    LookUpReference,
    Search,
    Topic,
    WordStudy,
)
from rackhouse.services.study.service.passages import Passages
from rackhouse.services.study.service.plan import SCRIPTURE
from rackhouse.services.study.service.seams import Retrieval, Scripture

_MOST = 6  # passages of one call
_VERSES = 20  # of one passage
_AROUND = 4  # verses of context on each side


class Finding(Struct, frozen=True, kw_only=True):
    """Passages, and what a lexicon says where one was asked."""

    passages: tuple[Passage, ...] = ()
    says: str = ""


class Tools:
    """For one answer, in the translations that were asked for."""

    def __init__(
        self, scripture: Scripture, retrieval: Retrieval, translations: Sequence[str]
    ) -> None:
        self._scripture = scripture
        self._retrieval = retrieval
        self._translations = tuple(translations)
        self._passages = Passages(scripture)

    async def run(self, call: Call) -> Finding:
        """What it finds. BadCall for what cannot be done, Away, Refused."""
        if isinstance(call, WordStudy):
            word = await self._scripture.strongs(call.number.upper())
            some = await self._at(word.ranges[: 2 * _MOST], How.WORD, self._translations)
            return Finding(passages=tuple(some), says=word.says)
        return Finding(passages=tuple(await self._passages_of(call)))

    @singledispatchmethod
    async def _passages_of(self, call: Call) -> Sequence[Passage]:
        raise BadCall(f"nothing does {type(call).__name__}")

    @_passages_of.register
    async def _(self, call: LookUpReference) -> Sequence[Passage]:
        return await self._at(await self._ranges(call.reference), How.NAMED, self._translations)

    @_passages_of.register
    async def _(self, call: CompareTranslations) -> Sequence[Passage]:
        held = [each.id for each in await self._scripture.translations()]
        return await self._at((await self._ranges(call.reference))[:1], How.NAMED, held)

    @_passages_of.register
    async def _(self, call: Context) -> Sequence[Passage]:
        canon = await self._scripture.canon()
        wide = [
            (
                max(first - _AROUND, first // CHAPTER * CHAPTER + 1),
                min(last + _AROUND, canon.last(last)),
            )
            for first, last in await self._ranges(call.reference)
        ]
        return await self._at(wide[:1], How.CONTEXT, self._translations)

    @_passages_of.register
    async def _(self, call: Search) -> Sequence[Passage]:
        results = await self._retrieval.search(call.query, limit=20, collections=(SCRIPTURE,))
        hits = [
            Hit(
                verse=int(each.passage),
                why=Why(
                    how=How.SEARCHED,
                    query=call.query,
                    score=each.score,
                    signals=each.signals,
                    terms=each.terms,
                ),
            )
            for each in results.hits
            if each.passage.isascii() and each.passage.isdecimal()
        ]
        return await self._passages.of(hits, self._translations, most=_MOST)

    @_passages_of.register
    async def _(self, call: CrossReferences) -> Sequence[Passage]:
        verse = (await self._ranges(call.reference))[0][0]
        ranges = await self._scripture.cross(verse)
        return await self._at(ranges[:_MOST], How.LINKED, self._translations)

    @_passages_of.register
    async def _(self, call: Topic) -> Sequence[Passage]:
        ranges = await self._scripture.topic(call.subject)
        return await self._at(ranges[: 2 * _MOST], How.TOPIC, self._translations)

    async def _ranges(self, said: str) -> list[Range]:
        """Of a reference, or of a code as we write them."""
        canon = await self._scripture.canon()
        code = canon.read(said.strip("[] "))
        if code is not None:
            return [code]
        found = [each for it in await self._scripture.references(said) for each in it.ranges]
        if not found:
            raise BadCall("there is no such passage")
        return found[:_MOST]

    async def _at(
        self, ranges: Sequence[Range], how: How, translations: Sequence[str]
    ) -> list[Passage]:
        canon = await self._scripture.canon()
        some = [_shortened(canon, each) for each in ranges if canon.has(each[0])]
        told = await self._scripture.passages(some, translations)
        return [
            Passage(
                reference=canon.written(*ends),
                code=canon.code(*ends),
                first=ends[0],
                last=ends[1],
                texts=tuple(words),
                why=Why(how=how),
            )
            for ends, words in zip(some, told, strict=True)
        ]


def _shortened(canon: Canon, ends: Range) -> Range:
    last = ends[0]
    for count, verse in enumerate(canon.verses(*ends)):
        if count == _VERSES or verse // CHAPTER != ends[0] // CHAPTER:
            break
        last = verse
    return ends[0], last
