"""This terminal as the terminal of a command elsewhere: what is typed, what is said, its size."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

_CHUNK = 65536


def run(
    house: OpenRack,
    application: str,
    cluster: str,
    container: str | None,
    argv: Sequence[str],
) -> int:
    """Run it there as if it were here; its exit code."""
    from rackhouse.operations.cluster.inside import run_inside
    from rackhouse.targets.kube.execute import Terminal

    has_terminal = sys.stdin.isatty() and sys.stdout.isatty()

    async def there() -> int:
        terminal = Terminal(
            words=_words(),
            out=lambda said: _write(1, said),
            err=lambda said: _write(2, said),
            sizes=_sizes() if has_terminal else None,
        )
        return await run_inside(
            house, application, cluster, container=container, argv=argv, terminal=terminal
        )

    if not has_terminal:
        return asyncio.run(there())
    with _raw():
        return asyncio.run(there())


def _write(number: int, said: bytes) -> None:
    """All of it, as it is."""
    view = memoryview(said)
    while view:
        view = view[os.write(number, view) :]


@contextmanager
def _raw() -> Iterator[None]:
    """Each key goes there, Ctrl-C too; this terminal is as it was at the end of the block."""
    import termios
    import tty

    before = termios.tcgetattr(0)
    try:
        tty.setraw(0)
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


async def _words() -> AsyncIterator[bytes]:
    """What comes in until it ends: by a thread, since a file cannot be waited for otherwise."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[bytes](1)

    def read() -> None:
        chunk = b"."
        while chunk:
            chunk = os.read(0, _CHUNK)
            handed = queue.put(chunk)
            try:
                asyncio.run_coroutine_threadsafe(handed, loop).result()
            except (RuntimeError, CancelledError):  # the command has ended before its input
                handed.close()
                return

    threading.Thread(target=read, daemon=True).start()
    while chunk := await queue.get():
        yield chunk


async def _sizes() -> AsyncIterator[tuple[int, int]]:
    """Columns and rows: at once, and whenever they change."""
    changed = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, changed.set)
    while True:
        columns, rows = shutil.get_terminal_size()
        yield columns, rows
        await changed.wait()
        changed.clear()
