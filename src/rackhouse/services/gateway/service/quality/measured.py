"""Quality as measured: what is asked is classified, answers are judged, the next one is asked where
they do not hold, and who holds best at what price goes first.

Nothing of what was said is kept: only counts by name, class and upstream.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol

from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.clients.judge import Said
from rackhouse.services.gateway.model.call import DID_NOT_HOLD, Call, Reply, Task
from rackhouse.services.gateway.model.config import Named, Upstream
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.problem import NotFound
from rackhouse.services.gateway.model.quality import Report
from rackhouse.services.gateway.model.seen import Cell
from rackhouse.services.gateway.service.quality import classify, compare, summary
from rackhouse.services.gateway.service.quality.evidence import Evidence, Given
from rackhouse.services.gateway.service.quality.order import arranged
from rackhouse.services.gateway.service.quality.shadow import Dropped, Shadow
from rackhouse.services.gateway.service.quality.verify import Verdict, unknown, verify
from rackhouse.services.gateway.service.telemetry.metrics import Gauge

_log = logging.getLogger("rackhouse.gateway.quality")

_EVERY: Final = 15.0  # seconds between two conclusions
_REMEMBERED: Final = 4096  # requests under way


class Judging(Protocol):
    """As `clients.judge.Judge`."""

    async def says(self, named: Named, call: Call, answer: bytes) -> Said | None:
        """A verdict, or None. Never raises."""


class Measured:
    """As `seams.Quality`. Costs a look-up for names that nothing is measured of."""

    def __init__(self, evidence: Evidence, shadow: Shadow, judge: Judging) -> None:
        config = evidence.config
        self.escalated: Counter[str] = Counter()
        self._evidence = evidence
        self._shadow = shadow
        self._judge = judge
        self._tasks = frozenset(config.tasks)
        self._names = {
            each.name: each for each in config.models if each.measured or each.judge or each.shadow
        }
        self._models = {each.name: each.model for each in config.upstreams}
        self._given: OrderedDict[str, list[Given]] = OrderedDict()  # by request, while under way
        self._comparing: set[asyncio.Task[None]] = set()

    def kind(self, call: Call) -> str:
        """As `seams.Quality`."""
        if not self.verifies(call):
            return call.kind if call.kind in self._tasks else ""
        return classify.kind(call.payload, call.kind, self._tasks)

    def order(self, call: Call, upstreams: Sequence[Upstream]) -> Sequence[Upstream]:
        """As `seams.Quality`."""
        known = self._evidence.places(call.model, call.kind)
        if not known:
            return upstreams
        found = arranged(upstreams, known)
        if spill := self._names[call.model].spill:  # who is full stays behind
            found.sort(key=lambda each: self._shadow.expected(each) > spill)
        return found

    def verifies(self, call: Call) -> bool:
        """As `seams.Quality`."""
        return call.model in self._names and call.task is Task.CHAT

    async def accepts(self, call: Call, reply: Reply) -> bool:
        """As `seams.Quality`."""
        if not self.verifies(call):
            return True
        named = self._names[call.model]
        before = self._given.get(call.id, [])
        given = await self._judged(named, call, reply)
        reply.holds = given.verdict.ok is not False
        if not before:  # those who follow were asked only what is hard
            self._evidence.saw(call, given)
            reply.judged = None if given.verdict.ok is None else given.verdict.score
        self._put(call.id, [*before, given])
        if reply.holds or len(before) >= named.escalate:
            return True
        self.escalated[named.name] += 1
        return False

    def answered(self, call: Call, reply: Reply) -> None:
        """As `seams.Quality`."""
        if not self.verifies(call):
            return
        named = self._names[call.model]
        given = self._given.pop(call.id, [])
        if not given:
            self._evidence.saw(call, self._given_by(reply, unknown("a stream")))
        if self._shadow.draws(named, call, len(self._comparing)):
            task = asyncio.create_task(self._compare(named, call, reply.upstream, given))
            self._comparing.add(task)
            task.add_done_callback(self._comparing.discard)

    def told(self, line: Entry, score: float) -> None:
        """As `seams.Quality`. In place of the verdict that was; of one who was asked only what is
        hard, nothing counts.
        """
        model = self._models.get(line.upstream)
        if line.model not in self._names or line.task != Task.CHAT or model is None:
            what = "nothing is measured of who gave that answer"
            raise NotFound(what, fix="say it of chats whose name has `measured` in the rack file")
        if any(each.why == DID_NOT_HOLD for each in line.tried):
            return
        cell = Cell(line.model, line.kind, line.upstream, model)
        before = line.judged
        self._evidence.corrected(cell, float(before is None), score - (before or 0.0))

    def report(self) -> Report:
        """As `seams.Quality`."""
        self._evidence.conclude()
        return summary.report(self._evidence, self._shadow, self.escalated)

    def gauges(self) -> Iterator[Gauge]:
        """As `seams.Quality`."""
        return summary.gauges(self._names, self._shadow, self.escalated)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Measured]:
        """Conclusions are drawn from time to time; what is compared is let go at the end."""
        drawing = asyncio.create_task(self._draw())
        try:
            yield self
        finally:
            for each in (drawing, *self._comparing):
                each.cancel()
            await asyncio.gather(drawing, *self._comparing, return_exceptions=True)
            await self._renew()

    async def _draw(self) -> None:
        while True:
            await self._renew()
            await asyncio.sleep(_EVERY)

    async def _renew(self) -> None:
        """Never raises: who goes first is one thing, and that somebody answers another."""
        try:
            await self._evidence.renew()
        except Gone:
            pass  # the next time
        except Exception:  # noqa: BLE001 (what is wrong with it is said, and holds up nobody)
            _log.exception("quality could not be summed up")

    async def _judged(self, named: Named, call: Call, reply: Reply) -> Given:
        """Rules first, which are sure and cost nothing; a judge only where they do not refuse."""
        verdict = verify(call, reply.body)
        if named.judge and verdict.ok is not False and not call.private:
            said = await self._judge.says(named, call, reply.body)
            if said is not None:
                score = float(said.ok) if said.score is None else said.score
                verdict = Verdict(said.ok, score, said.why)
        return self._given_by(reply, verdict)

    def _given_by(self, reply: Reply, verdict: Verdict) -> Given:
        return Given(reply.upstream, verdict, self._evidence.nanos(reply.upstream, reply.usage))

    def _put(self, id: str, given: list[Given]) -> None:
        """The oldest is forgotten where there are too many."""
        self._given[id] = given
        if len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)

    async def _compare(
        self, named: Named, call: Call, upstream: Upstream, given: list[Given]
    ) -> None:
        """With what another says. A stream was not kept, so both are asked; one that was asked
        already, since the first did not hold, need not be asked again.
        """
        try:
            if not given:
                given = [await self._asked(named, call, upstream)]
                self._evidence.saw(call, given[0])
            if len(given) == 1:
                other = await self._asked(named, call, self._shadow.other(call, upstream))
            else:
                other = given[1]
        except Dropped as dropped:
            self._shadow.drop(call, dropped)
            return
        self._evidence.saw(call, other)
        if found := compare.compared(call, given, other):
            self._evidence.compared(*found)

    async def _asked(self, named: Named, call: Call, upstream: Upstream) -> Given:
        reply, nanos = await self._shadow.ask(call, upstream)
        given = await self._judged(named, call, reply)
        return given._replace(nanos=nanos)
