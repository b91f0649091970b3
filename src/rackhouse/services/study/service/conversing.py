"""Conversations go on: what a question leans on, what is remembered, what is kept of an answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec import Struct, structs

from rackhouse.kit.web.problem import Away, NotFound
from rackhouse.services.study.model import remembering
from rackhouse.services.study.model.answer import Answer, Outcome, Said
from rackhouse.services.study.model.evidence import Evidence
from rackhouse.services.study.model.following import resolved, topic
from rackhouse.services.study.model.kept import LAST, Conversation, Turn
from rackhouse.services.study.service.events import Tell
from rackhouse.services.study.service.keeping import Kept
from rackhouse.services.study.service.rewriting import Rewriting
from rackhouse.services.study.service.tracing import Trace

MOST_TURNS = 100  # of one conversation
DAYS = 365  # until a fact is forgotten
_BEFORE = 3  # turns that a model is told of
_TITLE = 80  # characters
_SAID = 400  # characters of an earlier answer that a model is told
_NOTES = 5  # notes on the evidence that a model is told of
UNKEPT = "This answer could not be kept: what you keep cannot be reached just now."


class Understood(Struct, frozen=True, kw_only=True):
    """A question, read in its conversation. `rest` is it without what is to be remembered, `about`
    what is looked for, `topic` what the next one may lean on; `before` are earlier turns, `began`
    is when it was asked, by the clock of the process.
    """

    began: float
    question: str
    rest: str
    about: str
    topic: str
    conversation: str = ""
    before: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


class Conversing:
    """Over what people keep."""

    def __init__(
        self,
        kept: Kept,
        rewriting: Rewriting | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._kept = kept
        self._rewriting = rewriting
        self._now = now

    async def understood(
        self, subject: str, question: str, conversation: str, trace: Trace, *, modelled: bool
    ) -> Understood:
        """NotFound where there is no such conversation."""
        began = time.monotonic()
        facts, rest = remembering.told(question)
        held = await self._held(subject, conversation) if conversation else None
        turns = held.turns if held is not None else ()
        last = turns[-1].topic if turns else ""
        about = resolved(rest, last) if rest else ""
        notes: tuple[str, ...] = ()
        if about != rest:
            if modelled and self._rewriting is not None:
                earlier = [each.question for each in turns[-_BEFORE:]]
                about = await self._rewriting.rewritten(rest, earlier, trace) or about
            trace.step("plan", f"Read with what was asked before: {about}")
            notes = (f"Read as: {about}",)
        return Understood(
            began=began,
            question=question,
            rest=rest,
            about=about,
            topic=topic(rest, last) if rest else last,
            conversation=held.id if held is not None else "",
            before=tuple((each.question, _short(each)) for each in turns[-_BEFORE:]),
            facts=facts,
            notes=notes,
        )

    async def _held(self, subject: str, id: str) -> Conversation:
        held = await self._kept.conversations.one(subject, id)
        if held is None:
            raise NotFound(
                "there is no such conversation",
                fix="begin a new one, without `conversation`",
                param="conversation",
            )
        if len(held.turns) >= MOST_TURNS:
            raise NotFound(
                f"the conversation has {MOST_TURNS} questions, which is all that one holds",
                fix="begin a new one",
                param="conversation",
            )
        return held

    async def remembered(self, subject: str, evidence: Evidence) -> tuple[str, ...]:
        """What the person has said of themself, and their notes on what was found. Without the
        store an answer goes without it.
        """
        try:
            facts = [each.text for each in await self._kept.facts.all(subject)]
            notes = [
                f"(a note on {each.reference}) {it.text[:_SAID]}"
                for it in await self._kept.notes.within(subject, 0, LAST)
                for each in evidence
                if it.first <= each.last and it.last >= each.first
            ]
            return (*facts[-20:], *notes[:_NOTES])
        except Away:
            return ()

    def noted(self, known: Understood, tell: Tell) -> Answer:
        """Where there is nothing but what is to be remembered."""
        parts = tuple(Said(text=f"I will remember: {fact}.") for fact, _ in known.facts)
        for each in parts:
            tell(each)
        return Answer(question=known.question, outcome=Outcome.NOTED, parts=parts, sureness=1.0)

    async def kept(self, subject: str, known: Understood, answer: Answer) -> Answer:
        """The answer with the id of its conversation, once that is on the disk."""
        conversations = self._kept.conversations
        try:
            id = known.conversation or await conversations.begin(
                subject, _title(known.question), time.monotonic() - known.began
            )
            there = bool(id) and await conversations.add(
                subject,
                id,
                question=known.question,
                topic=known.topic,
                answer=structs.replace(answer, conversation=id),
            )
            if not there:  # it, or everything, was deleted meanwhile: so is this
                return answer
            for fact, sentence in known.facts:
                await self._kept.facts.add(
                    subject,
                    fact,
                    sentence=sentence,
                    conversation=id,
                    expires=self._now() + timedelta(days=DAYS),
                )
        except Away:
            return structs.replace(answer, notes=(*answer.notes, UNKEPT))
        return structs.replace(answer, conversation=id)


def _title(question: str) -> str:
    short = question[:_TITLE].rsplit(" ", 1)[0] if len(question) > _TITLE else question
    return short + ("\u2026" if short != question else "")


def _short(turn: Turn) -> str:
    """What was answered, as far as a model wrote it; of quotations their references."""
    said = [
        each.text if isinstance(each, Said) else getattr(each, "reference", "")
        for each in turn.answer.parts
    ]
    return " ".join(filter(None, said))[:_SAID]
