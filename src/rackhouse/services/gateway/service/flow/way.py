"""One request on its way: what was set aside for it is settled once, whatever happens, and what
became of it is noted once.
"""

from __future__ import annotations

import logging
import time

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Attempt, Call, Outcome, Record, Reply, Usage
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.problem import Problem
from rackhouse.services.gateway.service.parts import Parts
from rackhouse.services.gateway.service.seams import Hold, Turn

_log = logging.getLogger("rackhouse.gateway.flow")


class Asked:
    """An upstream that answers. `settled` when it is paid and its turn is over."""

    __slots__ = ("hold", "pieces", "reply", "settled", "turn", "upstream")

    def __init__(self, upstream: Upstream, reply: Reply, hold: Hold, turn: Turn) -> None:
        self.upstream = upstream
        self.reply = reply
        self.pieces = reply.pieces  # as the upstream sends them
        self.hold = hold
        self.turn = turn
        self.settled = False


class Way:
    """What is known of a request while it is answered."""

    def __init__(self, parts: Parts, call: Call) -> None:
        self.parts = parts
        self.call = call
        self.record = _record(call)
        self._begun = time.monotonic()
        self._noted = False

    async def ask(self, upstream: Upstream, call: Call) -> Asked:
        """With the first byte of its answer. Failed; or Problem, where budget or queue are full.
        Nothing is set aside then any more.
        """
        parts = self.parts
        hold = await parts.ledger.reserve(call, upstream)
        try:
            turn = await parts.slots.turn(upstream, call)
        except BaseException:
            await parts.ledger.release(hold)
            raise
        since = time.monotonic()
        try:
            reply = await self._reply(upstream, call)
        except BaseException as error:
            turn.end()
            await self._unanswered(upstream, hold, error)
            raise
        finally:
            self.record.waited += turn.waited
        parts.router.began(upstream, time.monotonic() - since)
        if hold.warning:
            reply.headers = {**reply.headers, "x-rackhouse-budget-warning": hold.warning}
        return Asked(upstream, reply, hold, turn)

    async def settle(self, asked: Asked, usage: Usage) -> None:
        """What it used is charged and its turn is over. The second time, nothing."""
        if asked.settled:
            return
        asked.settled = True
        asked.turn.end()
        self.record.usage = _together(self.record.usage, usage)
        self.parts.limits.used(self.call, usage)
        self.record.cost += await self.parts.ledger.settle(asked.hold, usage)

    async def drop(self, asked: Asked, sent: int = 0) -> None:
        """Its answer is not wanted any more, or broke off after `sent` bytes. What it used is what
        it said; else, of one's own hardware, no more tokens than bytes; else nobody knows.
        """
        if asked.pieces is not None:
            await asked.pieces.aclose()
        usage = asked.reply.usage
        if not usage.known:
            usage = Usage()
            if asked.upstream.local:
                call = self.call
                usage = Usage(input=call.prompt, output=min(call.answer, sent), known=True)
        await self.settle(asked, usage)

    def answered_by(self, upstream: Upstream) -> None:
        """The answer that the client gets begins now."""
        self.record.upstream, self.record.local = upstream.name, upstream.local
        self.record.first = time.monotonic() - self._begun

    def missed(self, upstream: Upstream, why: str) -> None:
        """That one is not the one that answers."""
        seconds = time.monotonic() - self._begun
        attempt = Attempt(upstream=upstream.name, why=why, seconds=seconds)
        self.record.attempts = (*self.record.attempts, attempt)

    def said(self, answer: bytes | str) -> None:
        """What the client was told: kept where the file says so, and nobody asked to be private."""
        if self.parts.journal.bodies and not self.call.private:
            self.record.asked, self.record.answer = self.call.payload, answer

    def ended(self, outcome: Outcome, status: int = 200, error: str = "") -> None:
        """Note what became of it. The second time, nothing."""
        if self._noted:
            return
        self._noted = True
        record = self.record
        record.outcome, record.status, record.error = outcome, status, error
        record.seconds = time.monotonic() - self._begun
        self.parts.journal.note(record)

    async def _reply(self, upstream: Upstream, call: Call) -> Reply:
        """What a client did not foresee is the upstream's failure: another may be asked."""
        try:
            return await self.parts.clients[upstream.kind].ask(upstream, call)
        except (Failed, Problem):
            raise
        except Exception as error:
            _log.exception("what %s answered cannot be read", upstream.name)
            raise Failed("answered garbage", asked=True) from error

    async def _unanswered(self, upstream: Upstream, hold: Hold, error: BaseException) -> None:
        if not isinstance(error, Failed):  # whoever asked is gone: it may have worked
            self.record.cost += await self.parts.ledger.settle(hold, Usage())
            return
        self.parts.router.failed(upstream, error, self.call.caller.key)
        if error.asked:
            self.record.cost += await self.parts.ledger.settle(hold, Usage())
        else:
            await self.parts.ledger.release(hold)


def _together(before: Usage, usage: Usage) -> Usage:
    """Of all upstreams that worked for one answer."""
    if not (before.known and usage.known):
        return usage
    return Usage(
        input=before.input + usage.input,
        output=before.output + usage.output,
        cached=before.cached + usage.cached,
        known=True,
    )


def _record(call: Call) -> Record:
    return Record(
        id=call.id,
        at=time.time(),
        key=call.caller.key,
        application=call.caller.application,
        person=call.caller.person,
        model=call.model,
        task=call.task,
        kind=call.kind,
        stream=call.stream,
        trace=call.trace,
    )
