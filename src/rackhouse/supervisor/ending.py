"""How a process ended, in words."""

from __future__ import annotations

import contextlib
import signal


def describe(code: int | None, last_line: str) -> str:
    """`ended with 3: no such table`; `killed by SIGKILL`. A negative code is a signal."""
    said = _describe(code)
    return f"{said}: {last_line}" if last_line else said


def _describe(code: int | None) -> str:
    if code is None:
        return "ended while nobody could ask how"
    number = -code if code < 0 else code - 128  # shells say 128 + N where signal N ended it
    if number > 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(number).name}"
    return f"ended with {code}"
