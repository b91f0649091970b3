"""Questions that ask for something by its kind are answered by the tool that has it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.evidence import Evidence
from rackhouse.services.study.model.found import Refused
from rackhouse.services.study.model.requested import Request, requested
from rackhouse.services.study.model.tools import BadCall, CrossReferences, Topic, WordStudy
from rackhouse.services.study.service.loop.tools import Tools
from rackhouse.services.study.service.plan import MOST, Plan, Planner
from rackhouse.services.study.service.seams import Retrieval, Scripture
from rackhouse.services.study.service.tracing import Trace


class Requesting:
    """Before the planner, which has the question where no tool is asked for, or it has nothing."""

    def __init__(self, scripture: Scripture, retrieval: Retrieval) -> None:
        self._scripture = scripture
        self._retrieval = retrieval
        self._planner = Planner(scripture, retrieval)

    async def plan(self, question: str, translations: Sequence[str], trace: Trace) -> Plan:
        """What is found for a question. Away where the text store is."""
        call = await self._call(question)
        if call is None:
            return await self._planner.plan(question, translations, trace)
        tools = Tools(self._scripture, self._retrieval, translations)
        with trace.timed("look_up", _TITLES[type(call)].format(call=call)) as told:
            try:
                found = await tools.run(call)
            except (Away, Refused, BadCall) as problem:
                why = _sentence(problem)
                told(why)
                plan = await self._planner.plan(question, translations, trace)
                return structs.replace(plan, notes=(why, *plan.notes))
            told(f"{len(found.passages)} passages")
        return Plan(
            evidence=Evidence(passages=found.passages[:MOST]),
            requested=bool(found.passages),
            notes=(found.says,) if found.says else (),
        )

    async def _call(self, question: str) -> Request | None:
        """References are looked for only where something else asks for one."""
        if call := requested(question):
            return call
        if requested(question, "?") is None:
            return None
        named = await self._scripture.references(question, question=True)
        ranges = [each for found in named for each in found.ranges]
        canon = await self._scripture.canon()
        return requested(question, canon.written(*ranges[0]) if ranges else "")


def _sentence(problem: Away | Refused | BadCall) -> str:
    """What is wrong, and how it is mended."""
    what = str(problem).partition("\n")[0]
    fix = "" if isinstance(problem, BadCall) else problem.fix
    return f"{what[:1].upper()}{what[1:]}{': ' if fix else ''}{fix}."


_TITLES: dict[type[Request], str] = {
    CrossReferences: "What refers to {call.reference}",
    WordStudy: "Where {call.number} stands",
    Topic: "What is gathered on the topic of {call.subject}",
}
