"""What a request goes through, as the gateway sees it: small Protocols. What needs a store has a
twin that needs none, for a gateway of one process that keeps nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.budgets import BudgetNow
from rackhouse.services.gateway.model.call import Call, Caller, Record, Reply, Usage
from rackhouse.services.gateway.model.config import Limit, Named, Scope, Upstream
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.health import Health
from rackhouse.services.gateway.model.keys import PersonKey
from rackhouse.services.gateway.model.quality import Report
from rackhouse.services.gateway.service.telemetry.metrics import Gauge


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """What was set aside for one request at one upstream: its worst case. `id` is the ledger's."""

    id: str
    money: int  # nanos
    tokens: int
    warning: str = ""  # what is told of budgets that are nearly or wholly used up


class Keys(Protocol):
    """Who a key belongs to."""

    async def identify(self, token: str) -> Caller:
        """Unauthorized for a key that is not known, was revoked, or has expired."""

    async def make(self, key: PersonKey) -> str:
        """A new key, which is shown this once. BadRequest where the name is taken."""

    async def all(self) -> Sequence[PersonKey]:
        """People's keys, by name."""

    async def revoke(self, name: str) -> None:
        """Every replica refuses it in a few seconds. NotFound where there is none."""


class Limits(Protocol):
    """Rates: requests and tokens a minute."""

    async def admit(self, caller: Caller) -> None:
        """TooMany, with `retry_after`, when the caller has asked too much."""

    def used(self, call: Call, usage: Usage) -> None:
        """What an answer used: it counts for the next one. Never waits and never raises."""

    def gauges(self) -> Iterable[Gauge]:
        """How it is, for metrics."""


class Ledger(Protocol):
    """Budgets. What is reserved counts as spent until it is settled."""

    async def reserve(self, call: Call, upstream: Upstream) -> Hold:
        """Set the worst case aside. OverBudget; Away when that cannot be counted just now."""

    async def settle(self, hold: Hold, usage: Usage) -> int:
        """Charge what was used and give the rest back; all of it is charged where `usage` is not
        known. Answers the nanos charged. Never raises: what cannot be written now is kept.
        """

    async def release(self, hold: Hold) -> None:
        """Give all of it back: the upstream was never asked. Never raises."""

    async def standing(self) -> Sequence[BudgetNow]:
        """How every budget stands. Away when that cannot be told just now."""

    async def change(self, scope: Scope, name: str, limits: tuple[Limit, ...] | None) -> None:
        """Other limits from now on, in a few seconds everywhere; None: what the file or the key
        says holds again. Away as above.
        """

    def gauges(self) -> Iterable[Gauge]:
        """How budgets stand as far as this replica knows, for metrics."""


class Route(msgspec.Struct, frozen=True):
    """Whom to ask for a name, best first. Nobody: `again` seconds until somebody may be asked."""

    named: Named
    upstreams: Sequence[Upstream]
    again: float = 0.0


class Router(Protocol):
    """Who may answer, best first. It is told what became of those who were asked."""

    def choose(self, call: Call) -> Route:
        """NotFound for a name that the file does not have; BadRequest where nobody who answers for
        it is able to do what is asked.
        """

    def admits(self, upstream: Upstream) -> bool:
        """Whether it may be asked at this moment. Asked for once, just before it is."""

    def began(self, upstream: Upstream, seconds: float) -> None:
        """The first byte of its answer came after so long."""

    def finished(self, upstream: Upstream) -> None:
        """Its answer came to an end."""

    def failed(self, upstream: Upstream, failure: Failed, whose: str = "") -> None:
        """It did not answer, or broke off; `whose` key asked it."""

    def health(self) -> Sequence[Health]:
        """How each upstream is, for people and metrics."""


class Turn(Protocol):
    """One request's place at an upstream."""

    waited: float  # seconds

    def end(self) -> None:
        """The next one may have it. More than once is as good as once."""


class Slots(Protocol):
    """Turns at an upstream that serves few at a time, fair between callers."""

    async def turn(self, upstream: Upstream, call: Call) -> Turn:
        """Wait for a turn. TooMany where the queue is full."""

    def expected(self, upstream: Upstream) -> float:
        """Seconds that the next one is likely to wait."""

    def busy(self, upstream: Upstream) -> tuple[int, int]:
        """How many requests it is answering, and how many wait."""


class Client(Protocol):
    """Speaks with upstreams of one kind."""

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """Returns with the first byte of the answer. `clients.failure.Failed` when there is none,
        and while the pieces are read when the stream breaks off.
        """


class Cache(Protocol):
    """Exact answers given again, for names that say how long."""

    def keeps(self, call: Call) -> bool:
        """Whether an answer to it may be given again. Where not, the cache is not asked."""

    async def through(self, call: Call, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        """What was answered before to the very same request; else what `ask` answers, which is
        remembered where it is fit to be. Raises what `ask` raises, and nothing else.
        """


class Quality(Protocol):
    """Who answers how well, by task class, as measured."""

    def kind(self, call: Call) -> str:
        """The task class: what the client declared, where the rack knows that word; else guessed,
        for a name that is measured, and "" for another.
        """

    def order(self, call: Call, upstreams: Sequence[Upstream]) -> Sequence[Upstream]:
        """The same upstreams in the order to ask them, for a name that is `measured`."""

    def verifies(self, call: Call) -> bool:
        """Whether answers to it are verified. Where not, nobody asks whether one is accepted."""

    async def accepts(self, call: Call, reply: Reply) -> bool:
        """Whether a whole answer passes the verifiers; False: the next candidate is to answer.
        Never raises, and True where nothing judges.
        """

    def answered(self, call: Call, reply: Reply) -> None:
        """It was sent to the client: a share of these is answered by another as well, afterwards,
        and compared. Never waits and never raises. A stream has ended then.
        """

    def told(self, line: Entry, score: float) -> None:
        """Whoever asked says how good that answer was, from 0 to 1. NotFound for one of a name that
        nothing is measured of.
        """

    def report(self) -> Report:
        """What is known."""

    def gauges(self) -> Iterable[Gauge]:
        """What was asked beside, and anew, for metrics."""


class Journal(Protocol):
    """What is kept of requests: log, accounts, metrics."""

    def note(self, record: Record) -> None:
        """Never waits and never raises."""
