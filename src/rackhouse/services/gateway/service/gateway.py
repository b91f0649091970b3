"""The way of a request: who may answer, one after the other, until one does."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Attempt, Call, Outcome, Record, Reply, Usage
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.model.problem import Problem, Refused, UpstreamFailed
from rackhouse.services.gateway.service.seams import (
    Cache,
    Client,
    Hold,
    Keys,
    Ledger,
    Limits,
    Quality,
    Router,
    Slots,
)
from rackhouse.services.gateway.service.telemetry.journal import Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a gateway is made of."""

    keys: Keys
    limits: Limits
    ledger: Ledger
    router: Router
    slots: Slots
    clients: Mapping[Kind, Client]
    cache: Cache
    quality: Quality
    journal: Telemetry


class Gateway:
    """Answers calls."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def answer(self, call: Call) -> Reply:
        """What the first upstream that can answers. Problem when none does; what was asked and what
        became of it is noted in either case, for a stream when it has ended.
        """
        return await _Way(self.parts, call).go()


class _Way:
    """The way of one request."""

    def __init__(self, parts: Parts, call: Call) -> None:
        self._parts = parts
        self._call = call
        self._record = _record(call)
        self._begun = time.monotonic()

    async def go(self) -> Reply:
        """As `Gateway.answer`."""
        try:
            await self._parts.limits.admit(self._call)
            return await self._parts.cache.find(self._call) or await self._first()
        except Problem as problem:
            refused = not isinstance(problem, UpstreamFailed)
            self._record.outcome = Outcome.REFUSED if refused else Outcome.FAILED
            self._record.status, self._record.error = problem.status, problem.what
            self._note()
            raise

    async def _first(self) -> Reply:
        refusal: Refused | None = None
        able = await self._parts.router.choose(self._call)
        for upstream in self._parts.quality.order(self._call, able):
            hold = await self._parts.ledger.reserve(self._call, upstream)
            try:
                return await self._ask(upstream, hold)
            except Failed as failed:
                if failed.fault:
                    self._parts.router.failed(upstream, failed.why)
                await self._unasked(hold, failed)
                refusal = failed.refusal or refusal
                if refusal is not None and failed.final:
                    raise refusal from failed
                self._record.attempts += (Attempt(upstream=upstream.name, why=failed.why),)
        if refusal is not None:
            raise refusal
        tried = ", ".join(f"{each.upstream} ({each.why})" for each in self._record.attempts)
        what = f"nothing answers for {self._call.model!r} just now: {tried or 'none'}"
        raise UpstreamFailed(what)

    async def _ask(self, upstream: Upstream, hold: Hold) -> Reply:
        async with AsyncExitStack() as stack:
            turn = self._parts.slots.turn(upstream, self._call)
            self._record.waited += await stack.enter_async_context(turn)
            asked = time.monotonic()
            reply = await self._parts.clients[upstream.kind].ask(upstream, self._call)
            self._parts.router.succeeded(upstream, time.monotonic() - asked)
            self._record.upstream, self._record.local = upstream.name, upstream.local
            self._record.first = time.monotonic() - self._begun
            if reply.pieces is not None:
                reply.pieces = self._stream(reply, reply.pieces, hold, stack.pop_all())
                return reply
        await self._settle(reply.usage, hold)
        await self._parts.cache.keep(self._call, reply)
        self._parts.quality.answered(self._call, reply)
        return reply

    async def _stream(
        self, reply: Reply, pieces: AsyncIterator[bytes], hold: Hold, turn: AsyncExitStack
    ) -> AsyncIterator[bytes]:
        """The pieces, and whatever ends them: what was used is settled and noted."""
        record = self._record
        record.outcome = Outcome.LEFT  # unless it comes to an end
        try:
            async with turn:
                async for piece in pieces:
                    yield piece
            record.outcome = Outcome.ANSWERED
        except Failed as failed:
            record.outcome, record.error = Outcome.BROKEN, failed.why
            self._parts.router.failed(reply.upstream, failed.why)
            raise UpstreamFailed(f"the answer broke off: {failed.why}") from failed
        finally:
            await self._settle(reply.usage, hold)

    async def _unasked(self, hold: Hold, failed: Failed) -> None:
        if failed.asked:
            await self._parts.ledger.settle(hold, Usage())
        else:
            await self._parts.ledger.release(hold)

    async def _settle(self, usage: Usage, hold: Hold) -> None:
        self._record.usage = usage
        self._record.cost = await self._parts.ledger.settle(hold, usage)
        self._note()

    def _note(self) -> None:
        self._record.seconds = time.monotonic() - self._begun
        self._parts.journal.note(self._record)


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
    )
