"""`python -m rackhouse.delivery.dev.reload [--once] FOLDER COMMAND...`: runs a command in a folder
that is worked on, and runs it anew when a file in there has changed.

The supervisor keeps this process as it keeps any other. A command that ends waits for the next
change, since somebody is writing just now. `--once`: no reload, for what runs to its end by itself.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from rackhouse.delivery.dev.watch import Watch
from rackhouse.kit.process import become, spawn

GRACE = 2.0  # seconds for a program to end; who writes it waits meanwhile
_LOG = Path("/dev/stdout")  # ours, which the supervisor made
_NAMED = 3  # changed files that are said by name


class Program:
    """The command, while it runs: a session of its own, so that all it started ends with it."""

    def __init__(self, folder: Path, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._pid = spawn(command, env=env, folder=folder, log=_LOG)
        self.code: int | None = None

    def ended(self) -> bool:
        """Whether it has ended; `code` is then how."""
        if self.code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def end(self) -> None:
        """Have it end, and kill what is left of it."""
        if not self.ended():
            os.kill(self._pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while not self.ended() and time.monotonic() < deadline:
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        while not self.ended():
            time.sleep(0.01)


def keep(folder: Path, command: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Run the command, anew after each change, until we are told to end."""
    watch, told = Watch(folder), False
    program = Program(folder, command, env)
    try:
        while True:
            time.sleep(watch.pause)
            if program.ended() and not told:
                _say(f"it has ended with {program.code}; the next change starts it again")
                told = True
            if changed := watch.changes():
                program.end()
                _say(f"changed: {_names(changed)}")
                program, told = Program(folder, command, env), False
    finally:
        program.end()


def _names(changed: Sequence[str]) -> str:
    more = len(changed) - _NAMED
    return ", ".join(changed[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _say(text: str) -> None:
    os.write(1, f"-- {text}\n".encode())


def _leave(*_: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)


def main(argv: Sequence[str]) -> NoReturn:
    """Run it until we are told to end."""
    once = argv[0] == "--once"
    folder, *command = argv[1:] if once else argv
    # Python tells a change by its second and size, so that what it compiled may be too old.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if once:
        become(command, env=env, folder=Path(folder))
    signal.signal(signal.SIGTERM, _leave)
    keep(Path(folder), command, env)


if __name__ == "__main__":
    main(sys.argv[1:])
