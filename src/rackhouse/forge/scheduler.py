"""Keeps the queue of runs going: starts workers, mends what was cut, queues what no hook reported.

Runs nothing of a pusher's itself. Workers are processes of their own that take runs by themselves;
here is only seen to it that there are enough, and that they end with this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from rackhouse.delivery.runs import queue, slots
from rackhouse.delivery.runs.due import over
from rackhouse.delivery.runs.follow import follow
from rackhouse.delivery.runs.log import Kind, RunLog
from rackhouse.delivery.runs.queue import Update
from rackhouse.delivery.runs.schedules import Schedules
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.kit.process import run
from rackhouse.store.forge import Forge, RunStatus

_LOOK = 1.0  # seconds between two looks, when nobody wakes it
_RECONCILE = 30.0  # seconds between two comparisons of all branches with their runs
_LONGEST = 60.0  # seconds between two tries when no worker can work
_PATIENCE = 0.5  # seconds that a worker looks for more
_LAST = 5.0  # seconds for workers to put back what they are at
WARM = 5.0  # seconds that a worker which was started early waits for its push

_log = logging.getLogger("rackhouse.forge")

Heads = Callable[[str], Awaitable[Mapping[str, str]]]  # the branches of a repository, to commits


@dataclass
class Scheduler:
    """`heads` reads a repository's branches; `origin` is the address that clones have."""

    paths: Paths
    forge: Forge
    heads: Heads
    origin: str = ""
    _workers: set[asyncio.Task[None]] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _failures: int = 0  # of workers, one after the other
    _patient_until: float = 0.0  # monotonic

    async def run(self) -> None:
        """For ever; cancelled, it ends the workers, which put back what they are at."""
        reconciled = -_RECONCILE
        schedules = Schedules(self.paths, self.forge)
        try:
            while True:
                if time.monotonic() - reconciled > _RECONCILE:
                    await self._try(self._reconcile)
                    await self._try(self._sweep)
                    await self._try(partial(self._queue_due, schedules))
                    reconciled = time.monotonic()
                await self._try(self._keep_going)
                with contextlib.suppress(TimeoutError):
                    # `wait_for` of Python 3.11 can lose a cancellation beside a wake.
                    async with asyncio.timeout(_LOOK):
                        await self._woken.wait()
                self._woken.clear()
        finally:
            await self._end()

    def wake(self) -> None:
        """Look now: there is something new in the queue."""
        self._woken.set()

    def warm(self) -> None:
        """A push begins: have a worker ready when it is there, unless one waits for work."""
        busy = len(self.forge.runs(statuses={RunStatus.RUNNING}))
        if len(self._workers) <= min(busy, slots.count() - 1):
            self._start(WARM)

    async def follow(self, runs: Sequence[int]) -> AsyncIterator[str]:
        """What these runs say, as lines for a terminal, until they have ended."""
        async for line in follow(self.forge, self.paths, runs):
            yield line

    async def _try(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it; what goes wrong (a full disk) is noted, and tried again with the next look."""
        try:
            await act()
        except RackhouseError as error:
            _log.error("%s", error)

    async def _keep_going(self) -> None:
        queue.mend(self.forge, self.paths, time.time())
        if time.monotonic() < self._patient_until:
            return
        busy = len(self.forge.runs(statuses={RunStatus.RUNNING}))
        wanted = min(len(queue.ready(self.forge)) + busy, slots.count())
        for _ in range(wanted - len(self._workers)):
            self._start(_PATIENCE)

    async def _reconcile(self) -> None:
        """Queue what was pushed and not reported: we were killed between the two."""
        for repository in self.forge.repositories():
            for ref, sha in (await self.heads(repository.name)).items():
                newest = queue.newest_push(self.forge, repository.name, ref)
                if newest is None or newest.sha != sha:
                    update = Update(ref=ref, before=newest.sha if newest else "", after=sha)
                    queue.pushed(
                        self.forge, repository, [update], who="reconciled", now=time.time()
                    )

    async def _sweep(self) -> None:
        """Have a worker close the previews whose time is over."""
        rows = self.forge.previews()
        names = {row.repository for row in rows} & {r.name for r in self.forge.repositories()}
        refs = {(name, ref) for name in names for ref in await self.heads(name)}
        if over(rows, refs, time.time()):
            self._start(_PATIENCE)

    async def _queue_due(self, schedules: Schedules) -> None:
        await asyncio.to_thread(schedules.read, self.forge.repositories())
        schedules.queue_due(time.time())

    def _start(self, patience: float) -> None:
        words = [str(self.paths.root), self.origin, str(patience)]
        task = asyncio.create_task(self._worker(words))
        self._workers.add(task)
        task.add_done_callback(self._workers.discard)

    async def _worker(self, words: Sequence[str]) -> None:
        done = await run([sys.executable, "-m", "rackhouse.delivery.runs", *words])
        self._failures = self._failures + 1 if done.code else 0
        if done.code:
            _log.error("a worker ended with %s: %s", done.code, done.err or done.out)
            await self._try(partial(self._be_patient, done.last))
        self.wake()

    async def _be_patient(self, why: str) -> None:
        """A worker cannot work: say so to those who wait for one, and try again a little later."""
        pause = min(_LONGEST, 2.0**self._failures)
        self._patient_until = time.monotonic() + pause
        for row in queue.ready(self.forge)[: slots.count()]:
            log = RunLog(queue.run_folder(self.paths, row.number))
            log.say(f"it cannot begin: {why}; tried again in {pause:.0f} s", Kind.ERROR)
            log.close()

    async def _end(self) -> None:
        slots.end_all(self.paths)
        if self._workers:
            await asyncio.wait(self._workers, timeout=_LAST)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
