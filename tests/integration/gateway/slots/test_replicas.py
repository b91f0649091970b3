"""Two gateways before one upstream that serves one at a time, over real HTTP and a real Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from fakes.models import openai
from fakes.models.rack import KEY, SECRET, model
from fakes.models.script import Act, Script
from fakes.models.serving import served
from fakes.stores import valkey
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Config, Kind, Upstream
from rackhouse.services.gateway.settings import Settings


@contextmanager
def replicas(folder: Path, script: Script, count: int) -> Iterator[list[str]]:
    with ExitStack() as stack:
        store = stack.enter_context(valkey(folder))
        gpu = Upstream(
            name="gpu",
            kind=Kind.COMPATIBLE,
            url=stack.enter_context(served(openai.create(script))),
            model="scripted",
            local=True,
            slots=1,
        )
        config = Config(
            upstreams=(gpu,),
            models=(model("gpu"),),
            keys=(KEY,),
        )
        settings = Settings(redis_url=store.url, redis_prefix="gateway:")
        opening = partial(wiring.opened, settings=settings)
        yield [stack.enter_context(served(create(config, opening))) for _ in range(count)]


@pytest.mark.slow
async def test_replicas_share_the_turns_of_an_upstream(tmp_path: Path) -> None:
    script = Script(always=Act(pause=0.002))
    body = {"model": "chat", "stream": True, "messages": [{"role": "user", "content": "?"}]}
    headers = {"authorization": f"Bearer {SECRET}"}
    with replicas(tmp_path, script, 2) as urls:
        async with httpx.AsyncClient(headers=headers, timeout=60) as client:
            asks = [
                client.post(f"{url}/v1/chat/completions", json=body)
                for _ in range(10)
                for url in urls
            ]
            answers = await asyncio.gather(*asks)
    assert {each.text.endswith("data: [DONE]\n\n") for each in answers} == {True}
    assert (script.answered, script.most_active) == (20, 1)
