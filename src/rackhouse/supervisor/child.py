"""One process that is watched to its end: started by us, or adopted from an earlier supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

from rackhouse.supervisor import table

_POLL = 0.1  # seconds, where the kernel has no pidfd


class Child:
    """`ended` is done when it has ended, with its exit code, or None when only its parent knows.

    `group`: signal its process group, since it is a shell that waits for the program.
    """

    def __init__(self, pid: int, born: int, *, ours: bool, group: bool) -> None:
        self.pid = pid
        self.born = born
        self._ours = ours
        self._group = group
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int | None] = self._loop.create_future()
        self._fd = _pidfd(pid)
        if self._fd is not None:
            self._loop.add_reader(self._fd, self._reap)
        # After the pidfd was opened, so that it cannot be a stranger's from now on.
        if not ours and not self._is_itself():
            self._reap()
        elif self._fd is None:
            self._poll()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.ended.done():
            return
        with contextlib.suppress(ProcessLookupError):
            if self._group:
                os.killpg(self.pid, number)
            elif self._fd is not None:
                signal.pidfd_send_signal(self._fd, number)
            else:
                os.kill(self.pid, number)

    def _is_itself(self) -> bool:
        entry = table.look(self.pid)
        return entry is not None and entry.born == self.born

    def _poll(self) -> None:
        if self._is_itself():
            self._loop.call_later(_POLL, self._poll)
        else:
            self._reap()

    def _reap(self) -> None:
        if self._fd is not None:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = None
        code = None
        if self._ours:
            with contextlib.suppress(ChildProcessError):
                code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if not self.ended.done():
            self.ended.set_result(code)


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # not Linux; an old kernel; already gone
        return None
