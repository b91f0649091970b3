"""The door: a call comes in, and somebody answers it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from msgspec.structs import replace

from rackhouse.services.gateway.model.call import DID_NOT_HOLD, Call, Outcome, Reply
from rackhouse.services.gateway.model.problem import Problem, UpstreamFailed
from rackhouse.services.gateway.service.flow.attempts import Attempts, hedged
from rackhouse.services.gateway.service.flow.deadline import Deadlines
from rackhouse.services.gateway.service.flow.stream import Passed
from rackhouse.services.gateway.service.flow.way import Asked, Way
from rackhouse.services.gateway.service.parts import Parts


class Gateway:
    """Answers calls."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._deadlines = Deadlines()

    async def answer(self, call: Call) -> Reply:
        """What the first upstream that can answers. Problem when none does; what was asked and what
        became of it is noted in either case, for a stream when it has ended.
        """
        way = Way(self.parts, call)
        try:
            await self.parts.limits.admit(call.caller)
            if self.parts.cache.keeps(call):
                return await self._again(way)
            return await self._asked(way)
        except Problem as problem:
            failed = isinstance(problem, UpstreamFailed)
            outcome = Outcome.FAILED if failed else Outcome.REFUSED
            way.ended(outcome, problem.status, problem.what)
            raise
        except asyncio.CancelledError:
            way.ended(Outcome.LEFT)
            raise
        except Exception:  # what it has cost by then is in the log all the same
            way.ended(Outcome.FAILED, Problem.status, "the gateway failed")
            raise

    async def _again(self, way: Way) -> Reply:
        reply = await self.parts.cache.through(way.call, lambda: self._asked(way))
        if not way.record.upstream:  # nobody was asked
            way.record.cached = True
            way.ended(Outcome.ANSWERED)
        return reply

    async def _asked(self, way: Way) -> Reply:
        route = self.parts.router.choose(way.call)
        upstreams = self.parts.quality.order(way.call, route.upstreams)
        attempts = Attempts(way, upstreams, route.again)
        end = asyncio.get_running_loop().time() + route.named.deadline
        try:
            with self._deadlines.until(end):
                if route.named.hedge:
                    asked = await hedged(attempts, way, route.named.hedge)
                else:
                    asked = await attempts.next()
        except TimeoutError as error:
            what = f"nobody answered within {route.named.deadline:g} seconds"
            raise UpstreamFailed(what) from error
        if asked.pieces is None:
            await self._paid(way, asked)
            if self.parts.quality.verifies(way.call):
                asked = await self._accepted(way, asked, attempts, end)
        way.answered_by(asked.upstream)
        if asked.pieces is not None:
            return replace(asked.reply, pieces=Passed(way, asked, attempts, route.named))
        return self._whole(way, asked)

    async def _accepted(self, way: Way, asked: Asked, attempts: Attempts, end: float) -> Asked:
        """This answer or a later one that passes the verifiers, or the last there is when nobody is
        left or the time is over: every one of them is paid.
        """
        with suppress(Problem, TimeoutError), self._deadlines.until(end):
            while not await self.parts.quality.accepts(way.call, asked.reply):
                better = await attempts.next()
                way.missed(asked.upstream, DID_NOT_HOLD)
                asked = better
                await self._paid(way, asked)
        return asked

    async def _paid(self, way: Way, asked: Asked) -> None:
        self.parts.router.finished(asked.upstream)
        await way.settle(asked, asked.reply.usage)

    def _whole(self, way: Way, asked: Asked) -> Reply:
        way.said(asked.reply.body)
        way.record.judged = asked.reply.judged
        way.ended(Outcome.ANSWERED)
        self.parts.quality.answered(way.call, asked.reply)
        return asked.reply
