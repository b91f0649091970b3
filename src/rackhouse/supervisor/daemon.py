"""The supervisor as a process: its arguments, its lock, its log, its exit code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rackhouse.kit.errors import RackhouseError, UsageError
from rackhouse.kit.files import make_folder
from rackhouse.kit.paths import Paths
from rackhouse.kit.version import code_version
from rackhouse.supervisor import logs
from rackhouse.supervisor.clock import MachineClock
from rackhouse.supervisor.lock import Lock, take
from rackhouse.supervisor.supervisor import Supervisor


def main(argv: Sequence[str]) -> int:
    """Keep the units of the state folder `argv[0]`; answer the exit code."""
    try:
        if len(argv) != 1:
            raise UsageError("usage: python -m rackhouse.supervisor ROOT")
        paths = Paths(Path(argv[0]).absolute())
        os.umask(0o077)
        # Until it is heard: whoever sees the lock may send it, and its default is death.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for folder in (paths.root, paths.units, paths.states, paths.logs):
            make_folder(folder)
        with take(paths.supervisor_lock, code_version()) as lock:
            logs.open_own(paths.logs / "supervisor.log")
            asyncio.run(_run(paths, lock))
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


async def _run(paths: Paths, lock: Lock) -> None:
    await Supervisor(paths, MachineClock(), lock).run()
