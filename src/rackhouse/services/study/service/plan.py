"""A question becomes a plan before any model is asked: what it names is looked up, the rest is
searched, and what was found is the evidence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model import unknown as unknowns
from rackhouse.services.study.model.bearings import NOWHERE, Nearest, best
from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.evidence import Evidence, How, Why
from rackhouse.services.study.model.found import UNFILLED, Found, Range, Refused, Results
from rackhouse.services.study.model.joining import Hit
from rackhouse.services.study.model.words import content
from rackhouse.services.study.service.bearings import compared
from rackhouse.services.study.service.passages import Passages
from rackhouse.services.study.service.seams import Retrieval, Scripture
from rackhouse.services.study.service.tracing import Trace

SCRIPTURE = "scripture"  # the collection of verses
MOST = 10  # passages of the evidence
_HITS = 40  # verses that are joined to passages
_WIDE = 200  # verses that are looked through for those within a reference
_LONG = 32  # verses of a named passage that are shown whole
_NAMED = 8  # references of a question that are followed
_AWAY = "The search is away: this was found by plain words alone."
_UNFILLED = (
    "The search does not hold all of scripture yet: this was found by plain words alone. "
    "In a few minutes more will be found."
)


class Plan(Struct, frozen=True, kw_only=True):
    """The evidence, what it was searched by, and what had to be done without. `unknown` is what
    the question speaks of that is nowhere in scripture, `near` the bearings that it is nearest to;
    `requested`: the evidence is just what it asks for.
    """

    evidence: Evidence
    searched: str = ""
    unknown: tuple[str, ...] = ()
    near: Nearest = NOWHERE
    requested: bool = False
    notes: tuple[str, ...] = ()


class Planner:
    """Over scripture and retrieval."""

    def __init__(self, scripture: Scripture, retrieval: Retrieval) -> None:
        self._scripture = scripture
        self._retrieval = retrieval
        self._passages = Passages(scripture)

    async def plan(self, question: str, translations: Sequence[str], trace: Trace) -> Plan:
        """What is found for a question. Away where the text store is."""
        canon, named = await asyncio.gather(
            self._scripture.canon(), self._scripture.references(question, question=True)
        )
        rest = _without(question, named)
        ranges = [each for found in named for each in found.ranges][:_NAMED]
        if ranges:
            said = "; ".join(canon.written(*each) for each in ranges)
            trace.step("look_up", f"The question names {said}")
        hits, notes = await self._searched(rest, ranges, trace)
        within = [hit for hit in hits if any(a <= hit.verse <= b for a, b in ranges)]
        asked = _looked_up(canon, ranges, within)
        found = await self._passages.of(asked or hits[:_HITS], translations, most=MOST)
        trace.step("plan", f"{len(found)} passages are the evidence")
        unknown = unknowns.verses(canon, question) if not named else ()
        unknown += await self._nowhere(unknowns.names(rest, found), trace)
        notes += [f"“{each}” is nowhere in the texts that are held." for each in unknown]
        return Plan(
            evidence=Evidence(passages=tuple(found)),
            searched=rest,
            unknown=unknown,
            near=await self._compared(rest, trace) if hits and not ranges else NOWHERE,
            notes=tuple(notes),
        )

    async def _nowhere(self, names: Sequence[str], trace: Trace) -> tuple[str, ...]:
        """Those of the names that no text has, nor anything that is spelt like them."""
        nowhere = []
        for each in names:
            try:
                if not await self._scripture.spelt(each):
                    nowhere.append(each)
                    trace.step("look_up", f"No text has {each!r}")
            except (Away, Refused):
                return ()
        return tuple(nowhere)

    async def _compared(self, rest: str, trace: Trace) -> Nearest:
        """With the bearings: nothing where the search is away, or knows no meaning."""
        try:
            near = await compared(self._retrieval, rest)
        except (Away, Refused):
            return NOWHERE
        if found := best(near, tuple(near)):
            trace.step(
                "compare", f"Nearest to “{found.bearing.text}”", f"cosine {found.cosine:.2f}"
            )
        return near

    async def _searched(
        self, rest: str, ranges: Sequence[Range], trace: Trace
    ) -> tuple[list[Hit], list[str]]:
        """By what is left without its references."""
        if not content(rest):
            return [], []
        results, notes = await self._results(rest, _WIDE if ranges else _HITS, trace)
        if results.corrected and results.corrected != rest:
            notes.append(f"Searched for “{results.corrected}”.")
        hits = [
            Hit(
                verse=int(each.passage),
                why=Why(
                    how=How.SEARCHED,
                    query=rest,
                    score=each.score,
                    signals=each.signals,
                    terms=each.terms,
                ),
            )
            for each in results.hits
            if each.passage.isascii() and each.passage.isdecimal()
        ]
        return hits, notes

    async def _results(self, query: str, limit: int, trace: Trace) -> tuple[Results, list[str]]:
        """Of the search; where it is away, or not filled, by plain words of the text store."""
        try:
            with trace.timed("search", f"Searched for: {query}") as told:
                results = await self._retrieval.search(
                    query, limit=min(limit, 100), collections=(SCRIPTURE,)
                )
                told(f"{len(results.hits)} verses")
        except (Away, Refused) as problem:
            note = _UNFILLED if problem.code == UNFILLED else _AWAY
            with trace.timed("search", f"Searched by plain words for: {query}") as told:
                results = await self._scripture.found(query, min(limit, 100))
                told(f"{len(results.hits)} verses")
            return results, [note]
        return results, [f"Not all of the search took part: {each}." for each in results.degraded]


def _without(question: str, named: Sequence[Found]) -> str:
    for each in sorted(named, key=lambda it: -it.start):
        question = f"{question[: each.start]} {question[each.end :]}"
    return " ".join(question.split())


def _looked_up(canon: Canon, ranges: Sequence[Range], within: Sequence[Hit]) -> list[Hit]:
    """The verses of what was named. Of a long passage those that the rest of the question found,
    and else its beginning.
    """
    hits = []
    for first, last in ranges:
        inside = [each for each in within if first <= each.verse <= last]
        verses = list(_some(canon, first, last))
        if inside and len(verses) > _LONG:
            hits += [
                Hit(
                    verse=each.verse,
                    why=Why(
                        how=How.NAMED,
                        query=each.why.query,
                        score=each.why.score,
                        signals=each.why.signals,
                        terms=each.why.terms,
                    ),
                )
                for each in inside[:_LONG]
            ]
            continue
        terms = tuple(dict.fromkeys(term for each in inside for term in each.why.terms))
        hits += [
            Hit(verse=verse, why=Why(how=How.NAMED, score=1.0, terms=terms))
            for verse in verses[:_LONG]
        ]
    return hits


def _some(canon: Canon, first: int, last: int) -> list[int]:
    some = []
    for verse in canon.verses(first, last):
        some.append(verse)
        if len(some) > _LONG:
            break
    return some
