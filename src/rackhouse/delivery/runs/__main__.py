"""`python -m rackhouse.delivery.runs ROOT ORIGIN PATIENCE`: a worker, which takes one run
after another from the queue and ends when it finds none for PATIENCE seconds.

Everything that a release needs is imported before it looks: it is started when a push begins, and
has done so when the push is there. One that has worked stays for a minute. How many work at once is
how many slots there are, each a lock, so that it holds whatever is killed. SIGTERM ends it and puts
its run back into the queue; SIGUSR1 cancels its run.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path

import rackhouse.apply.targets
import rackhouse.desired  # noqa: F401 - imported now, not when the push waits for it
from rackhouse.delivery.runner import isolation
from rackhouse.delivery.runs import queue, slots
from rackhouse.delivery.runs.perform import Bench, perform
from rackhouse.delivery.runs.sweep import sweep_previews
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import RunRow, RunStatus
from rackhouse.store.sqlite_forge import SqliteForge

_LOOK = 0.02  # seconds between two looks at the queue
_SWEEP = 5.0  # seconds between two looks at previews that are over
_LINGER = 60.0  # seconds after a run: who has pushed soon pushes again


class Worker:
    """Takes runs until none has come for `patience` seconds, or until it is told to end."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._ends = False
        self._current: asyncio.Task[RunRow] | None = None
        self._number = 0

    async def work(self, patience: float) -> None:
        """Work."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.end)
        loop.add_signal_handler(signal.SIGUSR1, self.cancel_if_wished)
        isolation()  # tried now, and not when a run waits for it
        until, swept = time.monotonic() + patience, -_SWEEP
        while time.monotonic() < until and not self._ends:
            if time.monotonic() > swept + _SWEEP:
                await sweep_previews(self._bench)
                swept = time.monotonic()
            with queue.claimed(self._bench.forge, self._bench.paths, time.time()) as run:
                if run is not None:
                    self._number = run.number
                    self._current = asyncio.create_task(
                        perform(self._bench, run, self._interrupted)
                    )
                    await self._current
                    self._current = None
                    until = time.monotonic() + _LINGER
            if run is None:
                await asyncio.sleep(_LOOK)

    def cancel_if_wished(self) -> None:
        """Cancel the run that it is at, if that is the one: the signal may come late."""
        if queue.wish(self._bench.paths, self._number).exists():
            self.cancel()

    def cancel(self) -> None:
        """Cancel the run that it is at."""
        if self._current:
            self._current.cancel()

    def end(self) -> None:
        """Put back what it is at, and take no more."""
        self._ends = True
        self.cancel()

    def _interrupted(self) -> RunStatus:
        return RunStatus.WAITING if self._ends else RunStatus.CANCELLED


def main(root: str, origin: str, patience: str) -> None:
    """Work, if there is a slot."""
    paths = Paths(Path(root).absolute())
    with slots.taken(paths) as mine:
        if mine:
            forge = SqliteForge(paths.store)
            bench = Bench(paths=paths, forge=forge, origin=origin)
            asyncio.run(Worker(bench).work(float(patience)))
            forge.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
