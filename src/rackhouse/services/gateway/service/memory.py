"""Twins in memory of what a request goes through: for one process that keeps nothing."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from rackhouse.services.gateway.model.call import Call, Caller, Payload, Record, Reply, Task, Usage
from rackhouse.services.gateway.model.config import Config, Key, Upstream
from rackhouse.services.gateway.model.problem import NotFound, Unauthorized
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


class InOrder:
    """Candidates in the order of the file, whatever their health."""

    def __init__(self, config: Config) -> None:
        upstreams = {each.name: each for each in config.upstreams}
        self._named = {
            model.name: [
                upstreams[each.upstream]
                for each in sorted(model.candidates, key=lambda each: each.rank)
            ]
            for model in config.models
        }

    async def choose(self, call: Call) -> Sequence[Upstream]:
        """All of them."""
        if call.model not in self._named:
            names = ", ".join(self._named) or "none"
            raise NotFound(f"there is no model {call.model!r}; there is {names}", param="model")
        return self._named[call.model]

    def succeeded(self, upstream: Upstream, seconds: float) -> None:
        """Not remembered."""

    def failed(self, upstream: Upstream, why: str) -> None:
        """Not remembered."""


class NoQueue:
    """Everybody has a turn at once."""

    @asynccontextmanager
    async def turn(self, upstream: Upstream, call: Call) -> AsyncIterator[float]:
        """At once."""
        yield 0.0


class NoCache:
    """Remembers no answer."""

    async def find(self, call: Call) -> Reply | None:
        """None."""
        return None

    async def keep(self, call: Call, reply: Reply) -> None:
        """Forgets it."""


class Unmeasured:
    """Every answer is as good as any."""

    def kind(self, task: Task, payload: Payload, declared: str) -> str:
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


class Recent:
    """The newest records."""

    def __init__(self, keep: int = 1000) -> None:
        self.records: deque[Record] = deque(maxlen=keep)

    def note(self, record: Record) -> None:
        """Kept until newer ones push it out."""
        self.records.append(record)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
