"""Both event loops that the gateway may run on: asyncio's own, and uvloop, as in production."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvloop

_LONGEST = 30.0  # seconds that a test may take
_MADE = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def both(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """The test on either loop. It leaves no task and no socket behind."""

    @pytest.mark.parametrize("loop", _MADE)
    @functools.wraps(test)
    def ran(loop: str, **arguments: Any) -> None:
        with asyncio.Runner(loop_factory=_MADE[loop]) as runner:
            runner.run(_watched(test, arguments))

    its = inspect.signature(test)
    loop = inspect.Parameter("loop", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    ran.__signature__ = its.replace(parameters=[loop, *its.parameters.values()])  # type: ignore[attr-defined]
    return ran


async def _watched(test: Callable[..., Awaitable[None]], arguments: dict[str, Any]) -> None:
    sockets = _sockets()
    async with asyncio.timeout(_LONGEST):
        await test(**arguments)
    for _ in range(200):
        if len(asyncio.all_tasks()) == 1 and _sockets() <= sockets:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"left behind: {asyncio.all_tasks()}, {_sockets() - sockets}")


def _sockets() -> set[str]:
    """Those of this process; what else is open belongs to others."""
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if (name := str(each.readlink())).startswith("socket:"):
                found.add(name)
    return found
