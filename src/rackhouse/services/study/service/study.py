"""What a person asks of the service: one question at a time, answered as well as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from rackhouse.services.study.model import question as reading
from rackhouse.services.study.model.answer import Answer
from rackhouse.services.study.model.problem import TooMany
from rackhouse.services.study.service.answering import Answering, Job
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.events import Gathered, Status, Tell, nobody
from rackhouse.services.study.service.loop.loop import Begin
from rackhouse.services.study.service.tracing import Trace

_AT_ONCE = 3  # questions of one person


class Asked(Struct, frozen=True, kw_only=True):
    """A question, and in what it is to be answered. `model`: whether a language model may write
    the sentences between the passages, where there is one.
    """

    question: str
    translations: tuple[str, ...] = ()
    model: bool = True


class Study:
    """For everybody who is signed in."""

    def __init__(self, asking: Asking, answering: Answering) -> None:
        self._asking = asking
        self._answering = answering
        self._busy: Counter[str] = Counter()

    async def ask(self, subject: str, asked: Asked, tell: Tell = nobody) -> Answer:
        """The answer; what becomes of it meanwhile is told."""
        with self._place(subject):
            return await self._answered(asked, tell)

    async def _answered(self, asked: Asked, tell: Tell) -> Answer:
        question = reading.read(asked.question)
        trace = Trace(tell)
        tell(Status(text="Looking for passages"))
        translations = await self._asking.chosen(asked.translations)
        plan = await self._asking.plan(question, translations, trace)
        tell(Gathered(passages=plan.evidence.passages))
        begin = Begin(question=question)
        job = Job(begin=begin, plan=plan, translations=translations, trace=trace, tell=tell)
        return await self._answering.answer(job, modelled=asked.model)

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
