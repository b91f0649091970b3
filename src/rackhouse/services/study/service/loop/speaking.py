"""From what a model streams to what a reader sees: sentence by sentence, and not a word sooner.

A sentence leaves when the guard lets it, it points at evidence, and the evidence supports it. All
others are dropped, and the trace says why, without their words.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model import tokens
from rackhouse.services.study.model.answer import Cited, Inline, Part, Quote, Said
from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.citing import Claims, claims, plain
from rackhouse.services.study.model.composing import quotes
from rackhouse.services.study.model.evidence import Evidence, Passage, Words
from rackhouse.services.study.model.found import Range, Refused
from rackhouse.services.study.model.guard.verdict import Kind, Plain, Verdict, blocked
from rackhouse.services.study.service.loop.supporting import Supporting
from rackhouse.services.study.service.seams import Guard, Scripture
from rackhouse.services.study.service.tracing import Trace

_log = logging.getLogger("rackhouse.study")


class Speaking:
    """For one answer. `evidence` grows as tools find more."""

    def __init__(
        self,
        *,
        canon: Canon,
        scripture: Scripture,
        guard: Guard,
        supporting: Supporting,
        evidence: Evidence,
        question: str,
        trace: Trace,
        most: int,
    ) -> None:
        self.evidence = evidence
        self.parts: list[Part] = []
        self.sentences = 0
        self.not_found = False  # the model said so
        self._canon = canon
        self._scripture = scripture
        self._guard = guard
        self._supporting = supporting
        self._question = question
        self._trace = trace
        self._most = most
        self._known: set[str] = set()
        self._quoted: set[Range] = set()
        self._waiting: list[Said] = []  # what leads to a claim leaves with it, or not at all

    @property
    def full(self) -> bool:
        """Whether no more is read."""
        return self.sentences > self._most

    async def hear(self, text: str) -> AsyncIterator[Part]:
        """A piece of the stream; the parts that leave by it."""
        for sentence in self._guard.sentences(text):
            async for part in self._sentence(sentence):
                yield part

    async def end(self) -> AsyncIterator[Part]:
        """A turn is over."""
        for sentence in self._guard.rest():
            async for part in self._sentence(sentence):
                yield part
        self._waiting.clear()

    async def _sentence(self, sentence: str) -> AsyncIterator[Part]:
        self.sentences += 1
        if self.full or not sentence.strip():
            return
        said = tokens.pointed(plain(sentence), self._written)
        found, names = self._cited(said.codes)
        if not said.text.strip(" .,;:") or said.text == tokens.tidy("".join(names)):
            for pointed in self._shown(found):
                yield pointed
            return
        verdict, named = await self._verdict(said.text, _ending(sentence))
        if verdict.kind is Kind.BLOCKED:
            self._trace.step("blocked", "A sentence was blocked", verdict.reason)
            return
        if verdict.kind is Kind.CORRECTED:
            for put in self._corrected(verdict):
                yield put
            return
        async for part in self._let_go(_written_out(self._canon, verdict, names), [*found, *named]):
            yield part

    def _corrected(self, verdict: Verdict) -> list[Quote]:
        """Whoever quotes falsely is not heard in that sentence at all: the text's own words alone
        are left of it, where they were found before.
        """
        self._trace.step("corrected", "A false quotation became the text's own", verdict.reason)
        put = [self._at((each.first, each.last)) for each in verdict.quotes]
        return self._shown([each for each in put if each is not None])

    async def _let_go(self, made: Said, found: list[Passage]) -> AsyncIterator[Part]:
        """Where it claims nothing it waits for what does."""
        if made.text in self._known:
            return
        self._known.add(made.text)
        found += [it for each in made.quotes if (it := self._evident(each.code)) is not None]
        if not found:
            if claims(made.text) is Claims.NOTHING:
                self._waiting.append(made)
            else:
                self._trace.step("dropped", "A sentence was dropped", "it points at no passage")
            return
        judged = await self._supporting.judged(made.text, found)
        why = f"{judged.says} by {'; '.join(it.reference for it in found)}"
        if not judged.stands:
            self._trace.step("dropped", "A sentence was dropped", why)
            return
        self._trace.step("supported", "A sentence stands", why)
        found = list({(each.first, each.last): each for each in found}.values())
        cited = [Cited(reference=each.reference, code=each.code) for each in found]
        for each in self._waiting:
            self.parts.append(each)
            yield each
        self._waiting.clear()
        sentence = Said(
            text=made.text,
            citations=tuple(cited),
            quotes=made.quotes,
            support=round(judged.support.score, 3),
            entailment=None if judged.entailment is None else round(judged.entailment, 3),
        )
        self.parts.append(sentence)
        yield sentence
        for shown in self._shown(found):
            yield shown

    async def _verdict(self, text: str, end: str) -> tuple[Verdict, list[Passage]]:
        """What the guard says, and the passages of the evidence that the sentence names in words.
        Fails closed: whatever goes wrong here, the sentence does not leave.
        """
        try:
            references = await self._scripture.references(text)
            named = [self._at(ends) for each in references for ends in each.ranges]
            if None in named:
                return blocked("it names a passage that was not found"), []
            return self._guard.check(text + end), [it for it in named if it is not None]
        except (Away, Refused):
            return blocked("its references could not be read"), []
        except Exception as error:  # noqa: BLE001  a fault of the guard must not let anything by
            _log.error("the guard failed: %s", type(error).__name__)
            return blocked("the guard failed"), []

    def _cited(self, codes: Sequence[str]) -> tuple[list[Passage], list[str]]:
        """The passages that are among the evidence, as far as the codes go; and what was put into
        the sentence for each.
        """
        found, names = [], []
        for code in codes:
            if code.strip().upper() == tokens.NOT_FOUND:
                self.not_found = True
                continue
            passage = self._evident(code)
            if passage is None:
                real = self._canon.read(code) is not None
                why = "it was not found before" if real else "there is no such passage"
                self._trace.step("dropped", f"The citation {code[:30]!r} was left out", why)
                continue
            found.append(passage)
            names.append(self._written(code))
        return found, names

    def _evident(self, code: str) -> Passage | None:
        ends = self._canon.read(code)
        return self._at(ends) if ends else None

    def _at(self, ends: Range) -> Passage | None:
        passage = self.evidence.holding(*ends)
        if passage is None:
            return None
        return Passage(
            reference=self._canon.written(*ends),
            code=self._canon.code(*ends),
            first=ends[0],
            last=ends[1],
            texts=tuple(_within(each, ends) for each in passage.texts),
            why=passage.why,
        )

    def _written(self, code: str) -> str:
        """A token as the guard reads it: what is attributed to it stands beside a reference."""
        ends = self._canon.read(code)
        evident = ends is not None and self.evidence.holding(*ends) is not None
        return f" ({self._canon.written(*ends)})" if ends is not None and evident else ""

    def _shown(self, passages: Sequence[Passage]) -> list[Quote]:
        """The words of what is cited, each passage once."""
        some = []
        for each in passages:
            if (each.first, each.last) not in self._quoted and each.words().verses:
                self._quoted.add((each.first, each.last))
                some += quotes(each, self._question)
        self.parts += some
        return some


def _within(words: Words, ends: Range) -> Words:
    first, last = ends
    verses = tuple(each for each in words.verses if first <= each.id <= last)
    return Words(translation=words.translation, verses=verses)


def _written_out(canon: Canon, verdict: Verdict, names: Sequence[str]) -> Said:
    """The sentence with the server's words where it quotes, and without what was put in for tokens:
    a citation shows it.
    """
    text, quotes = "", []
    for part in verdict.parts:
        if isinstance(part, Plain):
            own = part.text
            for name in names:
                own = own.replace(name, "").replace(name.strip(), "")
            text += own
            continue
        quotes.append(
            Inline(
                start=len(text),
                end=len(text) + len(part.text),
                reference=canon.written(part.first, part.last),
                code=canon.code(part.first, part.last),
                translation=part.translation,
            )
        )
        text += part.text
    return Said(text=text.rstrip() if quotes else text.strip(), quotes=tuple(quotes))


def _ending(sentence: str) -> str:
    """Whether a paragraph ends with it, which the guard wants to know."""
    return "\n\n" if sentence.rstrip(" \t").endswith(("\n\n", "\r\n\r\n")) else ""
