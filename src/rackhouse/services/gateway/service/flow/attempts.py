"""One upstream after the other until one answers; or two at once, where silence lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Call
from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.model.problem import (
    Away,
    BadRequest,
    Busy,
    OverBudget,
    Problem,
    Refused,
    TooMany,
    UpstreamFailed,
)
from rackhouse.services.gateway.service.flow.way import Asked, Way

# What is asked of an upstream: the call itself, or the rest of an answer that broke off.
Shape = Callable[[Upstream], Call]


class Attempts:
    """The candidates of one request, each of whom is asked once at most."""

    def __init__(self, way: Way, upstreams: Sequence[Upstream], again: float) -> None:
        self._way = way
        self._left: Iterator[Upstream] = iter(upstreams)
        self._again = again
        self._problem: Problem | None = None
        self._refusal: Refused | None = None
        self._failed: list[Failed] = []

    async def next(self, shape: Shape | None = None) -> Asked:
        """The next one that answers. Problem where nobody is left."""
        way = self._way
        for upstream in self._left:
            if not way.parts.router.admits(upstream):
                continue
            try:
                return await way.ask(upstream, shape(upstream) if shape else way.call)
            except Failed as failed:
                way.missed(upstream, failed.why)
                self._failed.append(failed.with_traceback(None))  # which knows us, and the request
                self._refusal = failed.refusal or self._refusal
                if self._refusal is not None and failed.final and shape is None:
                    raise self._refusal from failed
            except (OverBudget, Away, TooMany, BadRequest) as problem:
                way.missed(upstream, problem.what)
                self._problem = self._problem or problem
        raise self._nobody()

    def _nobody(self) -> Problem:
        """A budget and a queue can be mended by the client, what upstreams suffer from cannot."""
        if found := self._refusal or self._problem:
            return found
        tried = ", ".join(f"{each.upstream} {each.why}" for each in self._way.record.attempts)
        what = f"nobody answers for {self._way.call.model!r} just now: {tried or 'all are down'}"
        if self._failed and all(each.busy for each in self._failed):
            waits = (self._again, *(each.retry_after for each in self._failed))
            return Busy(what, retry_after=min((each for each in waits if each), default=1.0))
        return UpstreamFailed(what, retry_after=self._again)


async def hedged(attempts: Attempts, way: Way, seconds: float) -> Asked:
    """The next one that answers; after so long a silence another is asked as well, and the first
    byte wins. Whoever loses is let go and settled.
    """
    first = asyncio.create_task(attempts.next())
    asking = {first}
    winner = None
    try:
        await asyncio.wait(asking, timeout=seconds)
        if not first.done():
            asking.add(asyncio.create_task(attempts.next()))
        winner = await _winner(set(asking))
        return winner
    finally:
        letting_go = asyncio.create_task(_let_go(way, asking, winner))
        try:
            await asyncio.shield(letting_go)
        except asyncio.CancelledError:
            if winner is not None:
                await way.drop(winner)
            raise


async def _winner(asking: set[asyncio.Task[Asked]]) -> Asked:
    """The first that answers; where none does, why one of the last did not."""
    while True:
        done, asking = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        answered = [each for each in done if each.exception() is None]
        if answered or not asking:
            return (answered or list(done))[0].result()


async def _let_go(way: Way, asking: set[asyncio.Task[Asked]], winner: Asked | None) -> None:
    for each in asking:
        each.cancel()
    for found in await asyncio.gather(*asking, return_exceptions=True):
        if isinstance(found, Asked) and found is not winner:
            await way.drop(found)
