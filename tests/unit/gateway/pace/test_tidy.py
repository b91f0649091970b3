"""Python looks for cycles while little is under way, and nobody's objects are lost sight of."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest

from rackhouse.services.gateway.api import tidy
from rackhouse.services.gateway.api.tidy import Tidy


class Cycle:
    """What only a look for cycles frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Any:
    before = gc.get_threshold()
    monkeypatch.setattr(gc, "freeze", lambda: None)  # it is this process's own
    monkeypatch.setattr(tidy, "_EVERY", 0.01)
    gc.disable()
    yield
    gc.set_threshold(*before)
    gc.enable()


@pytest.mark.parametrize(("busy", "freed"), [(tidy._FEW, True), (tidy._FEW + 1, False)])
async def test_it_looks_while_few_would_wait(busy: int, freed: bool) -> None:
    ends = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await ends.wait()

    async def nothing(*_: Any) -> Any:
        return {}

    serving = asyncio.create_task(Tidy(app, lambda: busy)({"type": "lifespan"}, nothing, nothing))
    await asyncio.sleep(0.01)  # its first look is over
    seen = weakref.ref(Cycle())
    assert seen() is not None
    await asyncio.sleep(0.1)
    assert (seen() is None) is freed
    ends.set()
    await serving
    assert len(asyncio.all_tasks()) == 1  # nothing goes on behind it
