"""An answer with a language model, where one can be asked and nothing is against it; else without.

The model's sentences stand only when something of them is left that points at evidence. Otherwise
the answer is of passages alone, and says why.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.answer import Answer, By, Outcome, Part, Said, spoken
from rackhouse.services.study.model.evidence import Translation
from rackhouse.services.study.model.limits import Limits
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.events import Restart, Tell
from rackhouse.services.study.service.loop.loop import NONE, Begin, Loop
from rackhouse.services.study.service.loop.speaking import Speaking
from rackhouse.services.study.service.loop.supporting import Supporting
from rackhouse.services.study.service.loop.tools import Tools
from rackhouse.services.study.service.plan import Plan
from rackhouse.services.study.service.seams import Chat, Guards, Retrieval, Scripture
from rackhouse.services.study.service.tracing import Trace

_AGAIN = 60.0  # seconds
UNGUARDED = "The language model is not asked: the guard over its words is not ready."
NOT_FOUND = "The language model found no answer in these passages."
NOTHING_LEFT = "Nothing that the language model wrote could be shown: these are the passages alone."


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A language model, and what is needed to let it speak."""

    chat: Chat
    guards: Guards
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One answer that is to be made: of what, in what, and who is told meanwhile."""

    begin: Begin
    plan: Plan
    translations: Sequence[Translation]
    trace: Trace
    tell: Tell


class Answering:
    """With or without a model."""

    def __init__(
        self, asking: Asking, scripture: Scripture, retrieval: Retrieval, model: Model | None = None
    ) -> None:
        self._asking = asking
        self._scripture = scripture
        self._retrieval = retrieval
        self._model = model
        self._until = 0.0  # where there is no model to be asked, none is asked for a while

    async def answer(self, job: Job, *, modelled: bool = True) -> Answer:
        """The answer, its parts told as they come."""
        if self._model is None or not modelled or time.monotonic() < self._until:
            return await self._extracted(job, job.plan)
        guard = await self._model.guards.guard()
        if guard is None:
            note = UNGUARDED if await self._there(self._model.chat) else ""
            return await self._extracted(job, job.plan, note)
        speaking = Speaking(
            canon=await self._scripture.canon(),
            scripture=self._scripture,
            guard=guard,
            supporting=Supporting(self._model.chat),
            evidence=job.plan.evidence,
            question=job.begin.question,
            trace=job.trace,
            most=self._model.limits.sentences,
        )
        tools = Tools(self._scripture, self._retrieval, [each.id for each in job.translations])
        loop = Loop(self._model.chat, tools, speaking, job.trace, self._model.limits)
        stopped = await loop.run(job.begin, job.tell)
        if stopped == NONE:
            self._until = time.monotonic() + _AGAIN
            return await self._extracted(job, job.plan)
        return await self._made(job, speaking, stopped)

    async def _there(self, chat: Chat) -> bool:
        try:
            return await chat.there()
        except Away:
            return True

    async def _made(self, job: Job, speaking: Speaking, stopped: str) -> Answer:
        """Of what is left of the model's sentences, where something is."""
        if not any(isinstance(each, Said) and each.citations for each in speaking.parts):
            why = stopped or (NOT_FOUND if speaking.not_found else NOTHING_LEFT)
            if speaking.parts:
                job.tell(Restart(why=why))
            plan = job.plan
            found = structs.replace(plan, evidence=speaking.evidence)
            return await self._extracted(job, found, why)
        return Answer(
            question=job.begin.question,
            outcome=Outcome.ANSWERED,
            by=By.MODEL,
            parts=tuple(speaking.parts),
            notes=(*job.plan.notes, *filter(None, [stopped])),
            evidence=speaking.evidence.passages,
            translations=await self._spoken(job, speaking.parts),
            sureness=round(self._asking.sureness(job.begin.question, job.plan), 3),
            trace=tuple(job.trace.steps),
        )

    async def _spoken(self, job: Job, parts: Sequence[Part]) -> tuple[Translation, ...]:
        """Those that were asked for, and others of which a sentence has words: the guard knows all
        that are held, and none is quoted without its terms.
        """
        more = spoken(parts) - {each.id for each in job.translations}
        held = await self._scripture.translations() if more else ()
        return (*job.translations, *(each for each in held if each.id in more))

    async def _extracted(self, job: Job, plan: Plan, note: str = "") -> Answer:
        notes = tuple(filter(None, [note]))
        answer = await self._asking.extracted(
            job.begin.question, plan, job.translations, job.trace, notes=notes
        )
        for part in answer.parts:
            job.tell(part)
        return answer
