"""A second model answers a share of requests too, after the client has its answer, so that both can
be compared. It never goes before a client: where an upstream is busy, or the budget of the key
`shadow` is used up, it is dropped.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Call, Caller, Outcome, Reply
from rackhouse.services.gateway.model.config import SHADOW, Config, Named, Upstream
from rackhouse.services.gateway.model.problem import Problem
from rackhouse.services.gateway.service.flow.way import Way
from rackhouse.services.gateway.service.parts import Parts

AT_ONCE: Final = 4
WHY: Final = ("load", "budget", "failed", "nobody")
_MOST: Final = 300.0  # seconds
# What only concerns how, and to whom, an answer is given.
_STREAMING = ("stream", "stream_options", "store", "user", "metadata")


class Dropped(Exception):
    """Nothing is compared. `why` is one of WHY."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Shadow:
    """Of all names. `drawn` requests were to be compared; `dropped` of them were not, and why.
    Of `parts` it takes what asks an upstream.
    """

    def __init__(
        self, config: Config, parts: Parts, chance: Callable[[], float] = random.random
    ) -> None:
        self.drawn: Counter[str] = Counter()
        self.dropped: Counter[tuple[str, str]] = Counter()
        self._caller = Caller(key=SHADOW, limits=config.shadow)
        self._parts = parts
        self._chance = chance

    def draws(self, named: Named, call: Call, under_way: int) -> bool:
        """Whether this one is to be compared. Nothing that is private ever is."""
        if call.private or not named.shadow or self._chance() >= named.shadow:
            return False
        self.drawn[named.name] += 1
        if under_way < AT_ONCE:
            return True
        self.drop(call, Dropped("load"))
        return False

    def other(self, call: Call, but: Upstream) -> Upstream:
        """Who is asked beside `but`: an outside one beside a local one and the other way round,
        where there is one.
        """
        try:
            route = self._parts.router.choose(call)
        except Problem as problem:
            raise Dropped("nobody") from problem
        able = [each for each in route.upstreams if each != but and self._may(each)]
        found = [each for each in able if each.local != but.local] or able
        if not found:
            raise Dropped("nobody")
        return found[int(self._chance() * len(found))]

    async def ask(self, call: Call, upstream: Upstream) -> tuple[Reply, int]:
        """A whole answer and what it cost in nanos."""
        active, waiting = self._parts.slots.busy(upstream)
        if upstream.slots and active + waiting >= upstream.slots:
            raise Dropped("load")
        if not self._may(upstream):
            raise Dropped("budget")
        try:
            async with asyncio.timeout(_MOST):
                return await self._asked(self._shape(call), upstream)
        except Problem as problem:
            raise Dropped("budget") from problem
        except (Failed, TimeoutError) as error:
            raise Dropped("failed") from error

    def expected(self, upstream: Upstream) -> float:
        """Seconds that the next one is likely to wait for it."""
        return self._parts.slots.expected(upstream)

    def drop(self, call: Call, dropped: Dropped) -> None:
        """What was drawn is not compared."""
        self.dropped[call.model, dropped.why] += 1

    def _may(self, upstream: Upstream) -> bool:
        """Money is spent on comparing only as far as the rack says how much."""
        return upstream.local or bool(self._caller.limits)

    def _shape(self, call: Call) -> Call:
        payload = {word: said for word, said in call.payload.items() if word not in _STREAMING}
        return replace(
            call,
            id=uuid.uuid4().hex,
            caller=self._caller,
            payload=payload,
            stream=False,
            session="",
        )

    async def _asked(self, call: Call, upstream: Upstream) -> tuple[Reply, int]:
        """On its way like any request: reserved, settled, in the log and the accounts."""
        way = Way(self._parts, call)
        try:
            asked = await way.ask(upstream, call)
        except Failed as failed:
            way.missed(upstream, failed.why)
            way.ended(Outcome.FAILED, error=failed.why)
            raise
        except Problem:  # nothing was asked
            raise
        except BaseException:  # it took too long, or we end: what it cost is told all the same
            way.missed(upstream, "was let go")
            way.ended(Outcome.LEFT)
            raise
        await way.settle(asked, asked.reply.usage)
        self._parts.router.finished(upstream)
        way.answered_by(upstream)
        way.ended(Outcome.ANSWERED)
        return asked.reply, way.record.cost
