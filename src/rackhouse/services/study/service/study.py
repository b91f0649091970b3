"""What a person asks of the service: one question at a time, answered as well as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, structs

from rackhouse.kit.web.problem import TooMany
from rackhouse.services.study.model import question as reading
from rackhouse.services.study.model.answer import Answer
from rackhouse.services.study.service.answering import Answering, Job
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.conversing import Conversing, Understood
from rackhouse.services.study.service.events import Gathered, Status, Tell, nobody
from rackhouse.services.study.service.loop.loop import Begin
from rackhouse.services.study.service.tracing import Trace

_AT_ONCE = 3  # questions of one person


class Asked(Struct, frozen=True, kw_only=True):
    """A question, and in what it is to be answered. `model`: whether a language model may write
    the sentences between the passages, where there is one. `conversation` is that which it goes on
    with, none for a new one; with `keep` false nothing is kept of it.
    """

    question: str
    translations: tuple[str, ...] = ()
    model: bool = True
    conversation: str = ""
    keep: bool = True


class Study:
    """For everybody who is signed in."""

    def __init__(self, asking: Asking, answering: Answering, conversing: Conversing) -> None:
        self._asking = asking
        self._answering = answering
        self._conversing = conversing
        self._busy: Counter[str] = Counter()

    async def ask(self, subject: str, asked: Asked, tell: Tell = nobody) -> Answer:
        """The answer; what becomes of it meanwhile is told. It is kept before it is given."""
        question = reading.read(asked.question)
        with self._place(subject):
            trace = Trace(tell)
            known = await self._conversing.understood(
                subject, question, asked.conversation, trace, modelled=asked.model
            )
            if known.rest:
                answer = await self._answered(subject, known, asked, trace, tell)
            else:
                answer = self._conversing.noted(known, tell)
            if not asked.keep:
                return answer
            return await self._conversing.kept(subject, known, answer)

    async def _answered(
        self, subject: str, known: Understood, asked: Asked, trace: Trace, tell: Tell
    ) -> Answer:
        tell(Status(text="Looking for passages"))
        translations = await self._asking.chosen(asked.translations)
        plan = await self._asking.plan(known.about, translations, trace)
        tell(Gathered(passages=plan.evidence.passages))
        begin = Begin(
            question=known.rest,
            before=known.before,
            remembered=await self._conversing.remembered(subject, plan.evidence),
        )
        job = Job(begin=begin, plan=plan, translations=translations, trace=trace, tell=tell)
        answer = await self._answering.answer(job, modelled=asked.model)
        return structs.replace(answer, question=known.question, notes=(*known.notes, *answer.notes))

    @contextmanager
    def _place(self, subject: str) -> Iterator[None]:
        if self._busy[subject] >= _AT_ONCE:
            raise TooMany(
                f"{_AT_ONCE} of your questions are being answered", fix="wait for one of them"
            )
        self._busy[subject] += 1
        try:
            yield
        finally:
            self._busy[subject] -= 1
            if not self._busy[subject]:
                del self._busy[subject]
