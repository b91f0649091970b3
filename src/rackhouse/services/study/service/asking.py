"""A question, from beginning to end: plan, evidence, answer."""

from __future__ import annotations

from collections.abc import Sequence

from rackhouse.kit.web.problem import NotFound
from rackhouse.services.study.model.answer import Answer
from rackhouse.services.study.model.composing import composed
from rackhouse.services.study.model.evidence import Translation
from rackhouse.services.study.model.refusing import reasons, taken
from rackhouse.services.study.model.sureness import sure, sureness
from rackhouse.services.study.service.plan import Plan
from rackhouse.services.study.service.requesting import Requesting
from rackhouse.services.study.service.seams import Retrieval, Scripture
from rackhouse.services.study.service.tracing import Trace


class Asking:
    """Over the services that it is given."""

    def __init__(self, scripture: Scripture, retrieval: Retrieval) -> None:
        self.scripture = scripture
        self.planner = Requesting(scripture, retrieval)

    async def chosen(self, names: Sequence[str]) -> tuple[Translation, ...]:
        """The translations of those names; where none is named, all that are held. NotFound."""
        held = {each.id: each for each in await self.scripture.translations()}
        unknown = [each for each in names if each not in held]
        if unknown:
            raise NotFound(
                f"there is no translation {unknown[0][:40]!r}",
                fix=f"ask for one of: {', '.join(held)}",
                param="translations",
            )
        return tuple(held[each] for each in dict.fromkeys(names)) or tuple(held.values())

    async def plan(self, question: str, translations: Sequence[Translation], trace: Trace) -> Plan:
        """What is found for it."""
        return await self.planner.plan(question, [each.id for each in translations], trace)

    def sureness(self, question: str, plan: Plan) -> float:
        """How sure it is that the evidence answers it."""
        if plan.unknown:
            return 0.0
        if plan.requested:
            return 1.0
        return sureness(plan.searched or question, plan.evidence, plan.near)

    async def extracted(
        self,
        question: str,
        plan: Plan,
        translations: Sequence[Translation],
        trace: Trace,
        *,
        notes: Sequence[str] = (),
    ) -> Answer:
        """The answer of passages alone."""
        value = self.sureness(question, plan)
        why = () if sure(value) else reasons(plan.searched or question, plan.evidence, plan.near)
        trace.step("compose", "Composed of passages alone", f"sureness {value:.2f}")
        return composed(
            await self.scripture.canon(),
            question,
            plan.evidence,
            value,
            translations=translations,
            notes=(*plan.notes, *notes, *taken(plan.near), *why),
            trace=trace.steps,
        )
