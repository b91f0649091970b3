"""How a process ended, in words."""

from __future__ import annotations

import contextlib
import signal

_SENT = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})


def describe(code: int | None, last_line: str) -> str:
    """`ended with 3: no such table`; `killed by SIGKILL`. A negative code is a signal."""
    said = _describe(code)
    return f"{said}: {last_line}" if last_line else said


def was_killed(code: int | None) -> bool:
    """Whether by a signal that people and other programs send, and none that a fault of its own
    raises.
    """
    return code is not None and _signal(code) in _SENT


def _describe(code: int | None) -> str:
    if code is None:
        return "ended while nobody could ask how"
    if (number := _signal(code)) > 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(number).name}"
    return f"ended with {code}"


def _signal(code: int) -> int:
    """Its number; 0 or less: none. Shells say 128 + N where signal N ended what they waited for."""
    return -code if code < 0 else code - 128
