"""The loop: the model is asked, calls tools, is asked again; what it says leaves by `Speaking`."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model import prompt, tools
from rackhouse.services.study.model.chat import Called, Spoke, Used
from rackhouse.services.study.model.found import Refused
from rackhouse.services.study.model.limits import Budget, Limits, Spent
from rackhouse.services.study.service.events import Gathered, Status, Tell
from rackhouse.services.study.service.loop.speaking import Speaking
from rackhouse.services.study.service.loop.tools import Finding, Tools
from rackhouse.services.study.service.seams import Chat
from rackhouse.services.study.service.tracing import Trace

Json = dict[str, Any]
AWAY = "The language model does not answer: these are the passages alone."
NONE = "There is no language model that may be asked."
ENOUGH = "The language model used up what one answer may take."


class Begin(Struct, frozen=True, kw_only=True):
    """What the model is told at first, besides the evidence."""

    question: str
    before: tuple[tuple[str, str], ...] = ()
    remembered: tuple[str, ...] = ()


class Loop:
    """Of one answer."""

    def __init__(
        self, chat: Chat, tools: Tools, speaking: Speaking, trace: Trace, limits: Limits
    ) -> None:
        self._chat = chat
        self._tools = tools
        self._speaking = speaking
        self._trace = trace
        self._limits = limits
        self._budget = Budget(limits)
        self._end = time.monotonic() + limits.seconds
        self._fence = f"<<{secrets.token_hex(8)}>>"
        self._called: set[tuple[str, str]] = set()

    async def run(self, begin: Begin, tell: Tell) -> str:
        """Until the model has said what it has to say. "", or why it was stopped."""
        messages = prompt.begun(
            begin.question,
            self._speaking.evidence.passages,
            self._fence,
            before=begin.before,
            remembered=begin.remembered,
        )
        try:
            while calls := await self._turn(messages, tell):
                messages += await self._used(calls, tell)
        except Away as problem:
            self._trace.step("limit", "The language model is away", problem.what)
            return AWAY
        except Refused as refused:
            self._trace.step("limit", "There is no language model to be asked", str(refused))
            return NONE
        except Spent as spent:
            self._trace.step("limit", "The language model was stopped", str(spent))
            return ENOUGH
        return ""

    async def _turn(self, messages: Sequence[Json], tell: Tell) -> list[Called]:
        """The tools that the model asks for. What it says meanwhile is told as it is let go."""
        most = self._budget.step()
        tell(Status(text="The language model reads"))
        begun, heard = time.monotonic(), 0
        calls: list[Called] = []
        offered = [] if self._budget.last else tools.described()
        turn = self._chat.turn(messages, offered, most=most, patience=self._left())
        counted = False
        async for delta in turn:
            if isinstance(delta, Spoke):
                heard += len(delta.text)
                async for part in self._speaking.hear(delta.text):
                    tell(part)
                self._bounded(heard)
            elif isinstance(delta, Used):
                counted = True
                self._budget.used(delta.tokens)
            elif len(calls) < self._limits.calls:
                calls.append(delta)
            else:
                self._trace.step("dropped", f"A call of {delta.name[:40]!r} was left out", _MANY)
        async for part in self._speaking.end():
            tell(part)
        if not counted:
            self._budget.used(heard // 3)  # no fewer tokens than that
        took = round((time.monotonic() - begun) * 1000)
        self._trace.step("ask", "The language model was asked", f"{heard} characters", took)
        return calls

    def _bounded(self, heard: int) -> None:
        if heard > self._limits.characters:
            raise Spent(f"one turn had more than {self._limits.characters} characters")
        if self._speaking.full:
            raise Spent(f"it said more than {self._limits.sentences} sentences")
        self._left()

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise Spent(f"it took {self._limits.seconds:g} seconds")
        return left

    async def _used(self, calls: Sequence[Called], tell: Tell) -> list[Json]:
        """The calls and what they found, as the next messages."""
        told: list[Json] = [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": each.id,
                        "type": "function",
                        "function": {
                            "name": each.name,
                            "arguments": each.arguments[: tools.LONGEST],
                        },
                    }
                    for each in calls
                ],
            }
        ]
        for each in calls:
            self._left()
            said = prompt.fenced(await self._one(each, tell), self._fence)
            told.append({"role": "tool", "tool_call_id": each.id, "content": said})
        return told

    async def _one(self, called: Called, tell: Tell) -> str:
        """What one call found, in the model's words."""
        if (called.name, called.arguments) in self._called:
            self._trace.step("tool", f"{called.name[:40]} again", "it was answered before")
            return "You asked that before: the answer stands above."
        self._called.add((called.name, called.arguments))
        try:
            call = tools.read(called.name, called.arguments)
            asked = msgspec.json.encode(call).decode()
            with self._trace.timed("tool", f"{called.name}: {asked}") as detail:
                tell(Status(text=f"Looking further: {called.name.replace('_', ' ')}"))
                found = await self._tools.run(call)
                detail("; ".join(each.reference for each in found.passages) or "nothing")
        except tools.BadCall as bad:
            self._trace.step("tool", f"{called.name[:40]!r} was not called", str(bad))
            return f"That cannot be done: {bad}"
        except (Away, Refused) as problem:
            return f"That cannot be done: {str(problem).partition(chr(10))[0]}"
        return self._evident(found, tell)

    def _evident(self, found: Finding, tell: Tell) -> str:
        self._speaking.evidence = self._speaking.evidence.and_also(found.passages)
        if found.passages:
            tell(Gathered(passages=found.passages))
        said = [found.says] if found.says else []
        return "\n".join([*said, *prompt.shown(found.passages)]) or "Nothing was found."


_MANY = "one turn asked for too many"
