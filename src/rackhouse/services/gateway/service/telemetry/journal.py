"""The journal takes records at once; a moment later it counts, keeps and tells them, many together.

`note` is one append. What cannot be written waits; past a bound the log loses lines, the accounts
lose nothing and say how many lines are missing.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

from msgspec.structs import replace

from rackhouse.services.gateway.model.account import Batch, Sums, account
from rackhouse.services.gateway.model.call import Payload, Record
from rackhouse.services.gateway.model.entry import Entry, entry
from rackhouse.services.gateway.model.problem import Away
from rackhouse.services.gateway.service.telemetry import bodies
from rackhouse.services.gateway.service.telemetry.archive import Archive
from rackhouse.services.gateway.service.telemetry.metrics import Gauge, Metrics
from rackhouse.services.gateway.service.telemetry.redaction import clean
from rackhouse.services.gateway.service.telemetry.rounds import rounds
from rackhouse.services.gateway.service.telemetry.tracing import Tracing

_PAUSE = 0.25  # seconds between two foldings
_MOST = 20_000  # lines that wait while they cannot be written
_SLICE = 32  # records that are folded before others have their turn: within a millisecond
_AT_ONCE = 1_000  # lines of a batch
_BODY = 500  # characters of what was said that count as a line more
_LAST = 5.0  # seconds that the last batch may take
_NAME, _WHY = 120, 500  # characters of a model's name that a client made up, and of an error

_log = logging.getLogger("rackhouse.gateway.journal")


class Telemetry:
    """A `seams.Journal`. `models` are the names that there are; `bodies`: what is said is kept."""

    def __init__(
        self,
        archive: Archive,
        metrics: Metrics,
        models: frozenset[str],
        *,
        bodies: bool = False,
    ) -> None:
        self.archive = archive
        self.metrics = metrics
        self.bodies = bodies
        self._models = models
        self._tracing: Tracing | None = None
        self._noted: list[Record] = []
        self._waiting: deque[Batch] = deque()
        self._writing: Batch | None = None  # until it is known to be kept
        self._turn = asyncio.Lock()
        self._held = 0  # weight of the lines in memory
        self._unlogged = 0
        self._away = False

    def told_to(self, tracing: Tracing) -> None:
        """Tell every request there too."""
        self._tracing = tracing

    def note(self, record: Record) -> None:
        """As `seams.Journal`."""
        self._noted.append(record)

    def fold(self, most: int | None = None) -> None:
        """Count what was noted, `most` at once or all. Whoever reads does it first."""
        noted, self._noted = self._noted[:most], self._noted[most:] if most else []
        lines = [self._entry(record) for record in noted]
        for line in lines:
            self.metrics.count(line)
            self._keep(line)
        if self._tracing and lines:
            self._tracing.hear(lines)

    def gauges(self) -> Iterator[Gauge]:
        """How the log itself does."""
        yield Gauge("log_waiting", "Lines of the log that are not written yet.", self._held)
        yield Gauge("log_dropped_total", "Lines that the log has lost.", self._unlogged)
        if self._tracing:
            yield from self._tracing.gauges()

    async def flush(self) -> None:
        """Write all that was noted. Away while the archive cannot be reached: nothing is lost."""
        async with self._turn:
            for _ in range(0, len(self._noted), _SLICE):
                self.fold(_SLICE)
                await asyncio.sleep(0)  # requests go before
            while self._writing or self._waiting:
                self._writing = self._writing or self._waiting.popleft()
                await self.archive.write(self._writing)
                self._let_go()

    async def freshen(self) -> None:
        """Write what can be written, for somebody who reads. Never raises."""
        with suppress(Away):
            await self.flush()

    async def told(self, id: str, key: str) -> Entry | None:
        """As `Archive`, for an answer of any replica: its line is written a moment later. Away."""
        if not (id.isascii() and id.isprintable()):  # a client says it, and no database takes it
            return None
        for pause in (0.0, 2 * _PAUSE):
            await asyncio.sleep(pause)
            await self.freshen()
            if line := await self.archive.told(id, key):
                return line
        return None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Telemetry]:
        """Writes in the background, and the rest at the end."""
        async with rounds(self._write, _PAUSE, _LAST):
            yield self

    async def _write(self) -> None:
        try:
            await self.flush()
        except Away as error:
            if not self._away:
                _log.warning("the request log waits: %s", error.what)
            self._away = True
        except Exception:  # noqa: BLE001 -- a bug here must not end the log for good
            _log.exception("a batch of the request log cannot be written, and is lost")
            self._give_up()
        else:
            self._away = False

    def _give_up(self) -> None:
        if self._writing:
            self._unlogged += len(self._writing.lines)
            self._let_go()

    def _let_go(self) -> None:
        if self._writing:
            self._held -= sum(map(_weight, self._writing.lines))
            self._writing = None

    def _entry(self, record: Record) -> Entry:
        """What is kept of a request; what clients and upstreams made up, without surprises."""
        line = entry(record)
        if line.error:
            line = replace(line, error=clean(line.error, _WHY))
        if record.asked is not None:
            line = _with_bodies(line, record.asked, record.answer)
        if line.tried:
            tried = tuple(replace(each, why=clean(each.why, _WHY)) for each in line.tried)
            line = replace(line, tried=tried)
        if line.model not in self._models:
            line = replace(line, model=clean(line.model, _NAME))
        return line

    def _keep(self, line: Entry) -> None:
        room = self._held < _MOST
        batch = self._open(room=room)
        if room:
            batch.lines.append(line)
            self._held += _weight(line)
        else:
            self._unlogged += 1
        whose = account(line)
        if line.model not in self._models:
            whose = whose._replace(model="")
        its = batch.accounts.get(whose) or batch.accounts.setdefault(whose, Sums())
        its.add(line)
        its.unlogged += not room

    def _open(self, *, room: bool) -> Batch:
        """The batch that takes the next line, and with it what the line adds to the accounts."""
        last = self._waiting[-1] if self._waiting else None
        if last is None or (room and len(last.lines) >= _AT_ONCE):
            last = Batch(id=uuid.uuid4().hex, lines=[], accounts={})
            self._waiting.append(last)
        return last


def _with_bodies(line: Entry, asked: Payload, answer: bytes | str) -> Entry:
    """Without them where they cannot be made: others are folded with this one, and all count."""
    try:
        return replace(line, asked=bodies.question(asked), answer=bodies.answer(answer))
    except Exception:  # noqa: BLE001 -- a bug here must not cost what was charged
        _log.exception("what was said in request %s cannot be kept", line.id)
        return line


def _weight(line: Entry) -> int:
    """As how many lines it counts, so that what was said does not fill the memory."""
    return 1 + (len(line.asked) + len(line.answer)) // _BODY
