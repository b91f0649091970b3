"""Waits for conditions: never a fixed time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_LONGEST = 20.0  # seconds


def until(holds: Callable[[], object]) -> None:
    """Returns when it holds; AssertionError after twenty seconds."""
    end = time.monotonic() + _LONGEST
    while not holds():
        assert time.monotonic() < end, "it did not come to hold within 20 seconds"
        time.sleep(0.005)


async def until_soon(holds: Callable[[], object]) -> None:
    """As `until`, within a loop."""
    end = time.monotonic() + _LONGEST
    while not holds():
        assert time.monotonic() < end, "it did not come to hold within 20 seconds"
        await asyncio.sleep(0.005)
