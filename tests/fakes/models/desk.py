"""A gateway on a free port with scripted upstreams behind it, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from fakes.models import openai
from fakes.models.script import Script
from fakes.models.serving import served
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Candidate, Config, Key, Kind, Named, Upstream

SECRET = "sk-rack-test"


@dataclass
class Desk:
    """`scripts` by the upstream's name; `client` shows the key of the application `hello`."""

    url: str
    config: Config
    scripts: dict[str, Script]
    client: httpx.Client

    def chat(self, said: str = "What was made?", **more: Any) -> httpx.Response:
        """One question, whole."""
        body = {"model": "chat", "messages": [{"role": "user", "content": said}], **more}
        return self.client.post("/v1/chat/completions", json=body)

    def stream(self, said: str = "What was made?", **more: Any) -> tuple[int, list[str]]:
        """The status, and the data of each event."""
        body = {"model": "chat", "messages": [{"role": "user", "content": said}], "stream": True}
        with self.client.stream("POST", "/v1/chat/completions", json=body | more) as response:
            lines = [line for line in response.iter_lines() if line]
            return response.status_code, [line.removeprefix("data: ") for line in lines]


@contextmanager
def desk(names: tuple[str, ...] = ("first", "second"), **more: Any) -> Iterator[Desk]:
    """One model `chat`, answered by upstreams of those names in that order."""
    with ExitStack() as stack:
        scripts = {name: Script() for name in names}
        addresses = {
            name: stack.enter_context(served(openai.create(script)))
            for name, script in scripts.items()
        }
        upstreams = tuple(
            Upstream(name=name, kind=Kind.COMPATIBLE, url=url, model="scripted", local=True)
            for name, url in addresses.items()
        )
        candidates = tuple(Candidate(upstream=name, rank=i) for i, name in enumerate(names))
        config = Config(
            upstreams=upstreams,
            models=(Named(name="chat", candidates=candidates),),
            keys=(Key(name="hello.llm", application="hello", secret=SECRET),),
            **more,
        )
        url = stack.enter_context(served(create(config, wiring.opened)))
        headers = {"authorization": f"Bearer {SECRET}"}
        client = stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=30))
        yield Desk(url, config, scripts, client)
