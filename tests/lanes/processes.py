"""The programs of one cluster: started, waited for, and gone at the end, whatever happened.

None outlives the tests' own process, not even one that is killed. Knows no program by name.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

PATIENCE = 60.0  # seconds, on a machine that does much else
_GRACE = 10.0


class DidNotStart(Exception):
    """With the last line that the program wrote."""


class Crew:
    """Programs that `before` leads to (nsenter), with a log for each in `folder`."""

    def __init__(self, folder: Path, before: Sequence[str] = ()) -> None:
        self.folder = folder
        self.before = tuple(before)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        argv: Sequence[str],
        *,
        fds: Sequence[int] = (),
        path: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Have it run from now on; it finds programs in `path` too."""
        tied = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
        environment = {"HOME": str(self.folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        if path:
            environment["PATH"] += f":{path}"
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [*tied, *self.before, *(tied if self.before else ()), *argv],
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=fds,
            )
        return self._running[name]

    def wait(self, name: str, ready: Callable[[], bool]) -> None:
        """Until it is `ready`. DidNotStart when any has ended, or it is not in PATIENCE seconds."""
        end = time.monotonic() + PATIENCE
        while not ready():
            for each, process in self._running.items():
                if (code := process.poll()) is not None:
                    raise DidNotStart(f"{each} ended with {code}: {self.last_words(each)}")
            if time.monotonic() > end:
                raise DidNotStart(f"{name} is not ready: {self.last_words(name)}")
            time.sleep(0.1)

    def stop(self, name: str) -> None:
        """End it: asked first, killed when that is no use."""
        process = self._running.pop(name)
        self._tell(process, signal.SIGTERM)
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._tell(process, signal.SIGKILL)
            process.wait()

    def _tell(self, process: subprocess.Popen[bytes], number: signal.Signals) -> None:
        """nsenter waits for the program, which it has as a child, and ends with it."""
        below = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        children = below.read_text().split() if self.before and below.exists() else []
        for pid in [int(it) for it in children] or [process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop_all(self) -> None:
        """The last one first."""
        for name in reversed(list(self._running)):
            self.stop(name)

    def last_words(self, name: str) -> str:
        """The last line of its log."""
        lines = (self.folder / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def free_port() -> int:
    """A port of the loopback that nobody listens at now. Another may take it: be ready for that."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
