"""What a request goes through, as the gateway sees it: small Protocols, each with a twin in memory
in `service.memory` that passes the same tests as the real one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from rackhouse.services.gateway.model.call import Call, Caller, Payload, Record, Reply, Task, Usage
from rackhouse.services.gateway.model.config import Upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What was set aside for one request at one upstream: its worst case. `id` is the ledger's."""

    id: str
    money: int  # nanos
    tokens: int
    warning: str = ""  # what is told of budgets that are nearly or wholly used up


class Keys(Protocol):
    """Who a key belongs to."""

    async def identify(self, token: str) -> Caller:
        """Unauthorized for a key that is not known, was revoked, or has expired."""


class Limits(Protocol):
    """Rates: requests and tokens a minute."""

    async def admit(self, call: Call) -> None:
        """TooMany, with `retry_after`, when the caller has asked too much."""


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


class Router(Protocol):
    """Who may answer, best first."""

    async def choose(self, call: Call) -> Sequence[Upstream]:
        """NotFound for a name that the file does not have. Empty: nobody is able to just now."""

    def succeeded(self, upstream: Upstream, seconds: float) -> None:
        """It answered, its first byte after so long."""

    def failed(self, upstream: Upstream, why: str) -> None:
        """It did not answer, or broke off."""


class Slots(Protocol):
    """Turns at an upstream that serves few at a time, fair between callers."""

    def turn(self, upstream: Upstream, call: Call) -> AbstractAsyncContextManager[float]:
        """Wait for a turn; gives the seconds waited. TooMany where the queue is full."""


class Client(Protocol):
    """Speaks with upstreams of one kind."""

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """Returns with the first byte of the answer. `clients.failure.Failed` when there is none,
        and while the pieces are read when the stream breaks off.
        """


class Cache(Protocol):
    """Exact answers given again, for names that say how long."""

    async def find(self, call: Call) -> Reply | None:
        """An answer to the very same request. Never raises."""

    async def keep(self, call: Call, reply: Reply) -> None:
        """Remember a whole answer, where the name wants that. Never raises."""


class Quality(Protocol):
    """Who answers how well, by task class, as measured."""

    def kind(self, task: Task, payload: Payload, declared: str) -> str:
        """The task class: what the client declared, where the rack knows that word, else guessed.
        "" for a name that is not measured.
        """

    def order(self, call: Call, upstreams: Sequence[Upstream]) -> Sequence[Upstream]:
        """The same upstreams in the order to ask them, for a name that is `measured`."""

    async def accepts(self, call: Call, reply: Reply) -> bool:
        """Whether a whole answer passes the verifiers; False: the next candidate is to answer.
        Never raises, and True where nothing judges.
        """

    def answered(self, call: Call, reply: Reply) -> None:
        """It was sent to the client: a share of these is answered by another as well, afterwards,
        and compared. Never waits and never raises.
        """


class Journal(Protocol):
    """What is kept of requests: log, accounts, metrics."""

    def note(self, record: Record) -> None:
        """Never waits and never raises."""
