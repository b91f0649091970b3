"""What a request brought with it is freed when it has ended in vain: bodies are large, and while
many ask of what is down, Python does not look for objects that only know each other.
"""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from fakes.models.rack import model
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Config, Kind, Upstream
from rackhouse.services.gateway.model.problem import UpstreamFailed

_NOBODY = "http://127.0.0.1:1"  # a port that refuses
_CONFIG = Config(
    upstreams=tuple(
        Upstream(name=name, kind=Kind.VLLM, url=_NOBODY, model="m", local=True)
        for name in ("one", "two")
    ),
    models=(model("one", "two", name="a"),),
)


class _Said(dict[str, Any]):
    """A body that can be seen to be gone."""


async def test_a_request_in_vain_leaves_nothing() -> None:
    async with wiring.opened(_CONFIG) as gateway:
        gc.collect()
        gc.disable()
        try:
            said = _Said(model="a", messages=[{"role": "user", "content": "x"}])
            seen = weakref.ref(said)
            call = Call(
                id="1", caller=Caller(key="k"), task=Task.CHAT, model="a", payload=said, answer=9
            )
            with pytest.raises(UpstreamFailed):
                await gateway.answer(call)
            del said, call
            assert seen() is None
        finally:
            gc.enable()
