"""All that was seen of quality, by this replica and the others, and who therefore goes first in
which class. Asks nobody, and decides nothing about a single answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from rackhouse.services.gateway.model.call import Call, Usage
from rackhouse.services.gateway.model.config import Config, Named, Price, Upstream
from rackhouse.services.gateway.model.days import day
from rackhouse.services.gateway.model.seen import (
    Answers,
    AnswersByDay,
    Cell,
    Compared,
    ComparedByDay,
    Pair,
)
from rackhouse.services.gateway.service.ledger import prices
from rackhouse.services.gateway.service.quality.book import DAYS, Book
from rackhouse.services.gateway.service.quality.estimate import rate
from rackhouse.services.gateway.service.quality.order import places
from rackhouse.services.gateway.service.quality.verify import Verdict

_DAY = 86_400
_UNPRICED = float("inf")


class Given(NamedTuple):
    """One answer to a request, its verdict, and what it cost in nanos."""

    upstream: Upstream
    verdict: Verdict
    nanos: int


class Store(Protocol):
    """Where replicas add up what they have seen, as `store.quality`. Gone while it is away."""

    async def load(self, since: int) -> tuple[AnswersByDay, ComparedByDay]:
        """The sums of all replicas from that day on."""

    async def add(self, answers: AnswersByDay, compared: ComparedByDay) -> None:
        """Add these to them. What is lost on the way is only evidence."""


class Evidence:
    """Counts, and what follows from them. `now`: seconds since 1970."""

    def __init__(
        self, config: Config, store: Store | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self.config = config
        self._store = store
        self._now = now
        self._answers: Book[Cell, Answers] = Book(Answers)
        self._compared: Book[Pair, Compared] = Book(Compared)
        self._upstreams = {each.name: each for each in config.upstreams}
        self._changes = 0  # since it began, and as of when conclusions were drawn, with the day
        self._concluded = -1, -1
        self._seen: dict[tuple[str, str], dict[str, Answers]] = {}
        self._pairs: dict[Pair, Compared] = {}
        self._places: dict[tuple[str, str], dict[str, int]] = {}

    def saw(self, call: Call, given: Given) -> None:
        """An answer to a request that nobody chose for being hard or easy."""
        upstream, verdict, nanos = given
        cell = Cell(call.model, call.kind, upstream.name, upstream.model)
        judged = verdict.ok is not None
        self._answers.add(self.today(), cell, Answers(1, judged, judged and verdict.score, nanos))
        self._changes += 1

    def corrected(self, cell: Cell, judged: float, good: float) -> None:
        """A verdict on an answer that was seen came later, or is another one."""
        self._answers.add(self.today(), cell, Answers(judged=judged, good=good))
        self._changes += 1

    def compared(self, pair: Pair, sums: Compared) -> None:
        """A local and an outside upstream answered the same."""
        self._compared.add(self.today(), pair, sums)
        self._changes += 1

    def places(self, name: str, kind: str) -> Mapping[str, int]:
        """Who goes first, as `order.places`."""
        return self._places.get((name, kind), {})

    async def renew(self) -> None:
        """Exchange what was seen with the other replicas, and draw the conclusions. Gone."""
        try:
            if self._store:
                await self._exchange(self._store)
        finally:
            self.conclude()

    def conclude(self) -> None:
        """What is known, and who therefore goes first. At once where nothing has changed."""
        state = self.today(), self._changes
        if state == self._concluded:
            return
        self._concluded = state
        self._seen = self._answers_now()
        self._pairs = self._compared.faded(self.today())
        measured = {each.name: each for each in self.config.models if each.measured}
        self._places = {
            (name, kind): self._first(measured[name], seen)
            for (name, kind), seen in self._seen.items()
            if name in measured
        }

    def seen(self) -> Mapping[tuple[str, str], Mapping[str, Answers]]:
        """By name and class: what was known of each upstream when it was last concluded."""
        return self._seen

    def pairs(self) -> Mapping[Pair, Compared]:
        """Every pair that had answered the same then."""
        return self._pairs

    def candidates(self, named: Named) -> Iterator[Upstream]:
        """Who may answer for a name, in the file's order."""
        for each in sorted(named.candidates, key=lambda each: each.rank):
            yield self._upstreams[each.upstream]

    def nanos(self, upstream: Upstream, usage: Usage) -> int:
        """What it cost; nothing where nobody says a price."""
        price = self._price(upstream)
        return prices.cost(price, usage) if price else 0

    def today(self) -> int:
        """Days since 1970."""
        return int(self._now() // _DAY)

    async def _exchange(self, store: Store) -> None:
        answers, compared = await store.load(self.today() - DAYS)
        self._answers.load(answers)
        self._compared.load(compared)
        self._changes += 1
        seen, pairs = self._answers.take(), self._compared.take()
        if seen or pairs:
            await store.add(seen, pairs)

    def _answers_now(self) -> dict[tuple[str, str], dict[str, Answers]]:
        """Of upstreams that there are, with the model that they have."""
        found: dict[tuple[str, str], dict[str, Answers]] = {}
        for cell, sums in self._answers.faded(self.today()).items():
            upstream = self._upstreams.get(cell.upstream)
            if upstream is not None and upstream.model == cell.model:
                found.setdefault((cell.name, cell.kind), {})[cell.upstream] = sums
        return found

    def _first(self, named: Named, seen: Mapping[str, Answers]) -> dict[str, int]:
        rates = {name: rate(sums.good, sums.judged) for name, sums in seen.items()}
        listed = {each.name: self._listed(each) for each in self.candidates(named)}
        return places(rates, listed, named.margin)

    def _listed(self, upstream: Upstream) -> float:
        """How dear it is; one's own hardware is cheaper than what costs nothing elsewhere."""
        price = self._price(upstream)
        if upstream.local:
            return -1.0
        return price.input + price.output if price else _UNPRICED

    def _price(self, upstream: Upstream) -> Price | None:
        today = day(self._now())
        return prices.price(upstream, self.config.unpriced, today)
