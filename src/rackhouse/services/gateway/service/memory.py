"""Twins in memory of what a request goes through: for one process that keeps nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence

from rackhouse.services.gateway.model.call import Call, Caller, Reply, Usage
from rackhouse.services.gateway.model.config import Key, Upstream
from rackhouse.services.gateway.model.problem import NotFound, Unauthorized
from rackhouse.services.gateway.model.quality import Report
from rackhouse.services.gateway.service.seams import Hold


class GivenKeys:
    """The keys of the file. Kept by their digest, so that a look-up tells no time by prefix."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._callers = {
            _digest(key.secret): Caller(
                key=key.name,
                application=key.application,
                models=frozenset(key.models),
                limits=key.limits,
                requests_per_minute=key.requests_per_minute,
                tokens_per_minute=key.tokens_per_minute,
            )
            for key in keys
        }

    async def identify(self, token: str) -> Caller:
        """The caller whose key that is."""
        if caller := self._callers.get(_digest(token)):
            return caller
        raise Unauthorized(
            "this key is not known here", fix="make one with `rackhouse models key NAME`"
        )


class NoLimits:
    """Everybody is admitted."""

    async def admit(self, call: Call) -> None:
        """Always."""

    def used(self, call: Call, usage: Usage) -> None:
        """Not counted."""


class NoLedger:
    """Counts nothing: for a gateway whose upstreams are all local and whose keys have no limits."""

    async def reserve(self, call: Call, upstream: Upstream) -> Hold:
        """Nothing is set aside."""
        return Hold(id=call.id, money=0, tokens=0)

    async def settle(self, hold: Hold, usage: Usage) -> int:
        """Nothing is charged."""
        return 0

    async def release(self, hold: Hold) -> None:
        """Nothing was set aside."""


class NoCache:
    """Remembers no answer."""

    def keeps(self, call: Call) -> bool:
        """Never."""
        return False

    async def through(self, call: Call, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        """Asked anew."""
        return await ask()


class Unmeasured:
    """Every answer is as good as any."""

    def kind(self, call: Call) -> str:
        """Nobody asks."""
        return ""

    def order(self, call: Call, upstreams: Sequence[Upstream]) -> Sequence[Upstream]:
        """As given."""
        return upstreams

    async def accepts(self, call: Call, reply: Reply) -> bool:
        """Always."""
        return True

    def answered(self, call: Call, reply: Reply) -> None:
        """Not compared."""

    def told(self, key: str, id: str, score: float) -> None:
        """No answer is remembered."""
        raise NotFound("nothing is measured here")

    def report(self) -> Report:
        """Nothing."""
        return Report(half_life_days=0.0, currency="", models=())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
