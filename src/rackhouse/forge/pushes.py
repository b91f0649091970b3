"""Pushes: what happens once git has moved its refs. Queued first, then told to whoever pushed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rackhouse.delivery.repositories.manage import settle_default
from rackhouse.delivery.runs.control import end_runs_of
from rackhouse.delivery.runs.queue import Update, pushed
from rackhouse.forge.runs import Runs
from rackhouse.forge.visit import Visit
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import AuditRow, Forge, RunRow

FOLLOWERS = 24  # terminals that follow their runs at once; each keeps four small processes


@dataclass
class Pushes:
    """Takes what was pushed to the queue."""

    paths: Paths
    forge: Forge
    runs: Runs
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the forge ends: nobody is kept waiting for a run that goes on without it."""
    _following: int = 0

    async def received(self, visit: Visit, updates: Sequence[Update]) -> AsyncIterator[str]:
        """Queue it, and answer the lines for the terminal of whoever pushed."""
        now, who = time.time(), visit.caller.person
        row = settle_default(self.forge, self.paths, visit.repository, updates)
        queued = pushed(self.forge, row, updates, who=who, now=now)
        for update in updates:
            self.forge.note(_audit(row.name, update, who, now))
            if not update.after:
                end_runs_of(self.forge, self.paths, row.name, update.ref, who=who, now=now)
        self.runs.wake()
        if not queued:
            return
        if self._following >= FOLLOWERS:
            yield f"{_queued(queued)}; many follow theirs just now"
            return
        self._following += 1
        try:
            async for line in self._until_ending(queued):
                yield line
        finally:
            self._following -= 1

    async def _until_ending(self, queued: Sequence[RunRow]) -> AsyncIterator[str]:
        lines = self.runs.follow([run.number for run in queued])
        ending = asyncio.ensure_future(self.ending.wait())
        coming: asyncio.Future[str | None] = _next(lines)
        try:
            while await _first(coming, ending) and (line := coming.result()) is not None:
                yield line
                coming = _next(lines)
            if not coming.done():
                yield f"The forge ends now. {_queued(queued)}"
        finally:
            for each in (coming, ending):
                each.cancel()
            await asyncio.gather(coming, ending, return_exceptions=True)


def _next(lines: AsyncIterator[str]) -> asyncio.Future[str | None]:
    return asyncio.ensure_future(anext(lines, None))


async def _first(one: asyncio.Future[str | None], other: asyncio.Future[Any]) -> bool:
    """Whether `one` is done, once either is."""
    await asyncio.wait({one, other}, return_when=asyncio.FIRST_COMPLETED)
    return one.done()


def _queued(runs: Sequence[RunRow]) -> str:
    """Where to look for runs that nobody follows here."""
    first = f"`rackhouse logs --run {runs[0].number}`"
    return f"Run {', '.join(str(run.number) for run in runs)} is in the queue: {first}"


def _audit(name: str, update: Update, who: str, now: float) -> AuditRow:
    what = "pushed" if update.after else "deleted"
    branch = update.ref.removeprefix("refs/heads/").removeprefix("refs/")
    detail = f"{branch} {update.after[:7]}".rstrip()
    return AuditRow(at=now, who=who, what=what, thing=f"repository/{name}", detail=detail)
