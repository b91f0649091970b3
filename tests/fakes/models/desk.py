"""A gateway on a free port with scripted upstreams behind it, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette

from fakes.models import anthropic, ollama, openai, text_embeddings
from fakes.models.rack import ABILITIES, KEY, SECRET, model
from fakes.models.script import Act, Script
from fakes.models.serving import served
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Config, Kind, Upstream
from rackhouse.services.gateway.service.gateway import Gateway
from rackhouse.services.gateway.service.routing.router import Routing
from rackhouse.services.gateway.settings import Settings

_SPEAK = {
    Kind.ANTHROPIC: anthropic.create,
    Kind.OLLAMA: ollama.create,
    Kind.EMBEDDINGS: text_embeddings.create,
}


@dataclass
class Desk:
    """`scripts` by the upstream's name; `client` shows the key of the application `hello`."""

    url: str
    config: Config
    scripts: dict[str, Script]
    client: httpx.Client
    gateways: list[Gateway] = field(default_factory=list)  # the one, once it has started

    @property
    def gateway(self) -> Gateway:
        """What it is made of. It runs in a thread of its own: look, and wait for conditions."""
        return self.gateways[0]

    def fresh(self) -> Desk:
        """As at the beginning: for a test that shares the desk with others."""
        for script in self.scripts.values():
            script.acts.clear()
            script.asked.clear()
            script.always = Act()
            script.left = script.answered = script.most_active = 0
        router = self.gateway.parts.router
        assert isinstance(router, Routing)
        router.states.clear()
        return self

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
def desk(
    names: tuple[str, ...] = ("first", "second"),
    *,
    upstreams: Mapping[str, Mapping[str, Any]] | None = None,
    named: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    **more: Any,
) -> Iterator[Desk]:
    """One model `chat`, answered by upstreams of those names in that order. `upstreams` and `named`
    say what is other than usual of them and of the model, `settings` where the stores are.
    """
    with ExitStack() as stack:
        scripts = {name: Script() for name in names}
        addresses = {
            name: stack.enter_context(served(_create((upstreams or {}).get(name, {}))(script)))
            for name, script in scripts.items()
        }
        known = tuple(
            _upstream(name, url, (upstreams or {}).get(name, {})) for name, url in addresses.items()
        )
        config = Config(
            upstreams=known,
            models=(model(*names, **(named or {})),),
            keys=(KEY,),
            **more,
        )
        gateways: list[Gateway] = []

        @asynccontextmanager
        async def opening(config: Config) -> AsyncIterator[Gateway]:
            async with wiring.opened(config, settings) as gateway:
                gateways.append(gateway)
                yield gateway

        url = stack.enter_context(served(create(config, opening)))
        headers = {"authorization": f"Bearer {SECRET}"}
        client = stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=30))
        yield Desk(url, config, scripts, client, gateways)


def _upstream(name: str, url: str, other: Mapping[str, Any]) -> Upstream:
    usual = {"name": name, "url": url, "kind": Kind.COMPATIBLE, "model": "scripted"}
    return Upstream(**{**usual, "local": True, "abilities": ABILITIES, **other})


def _create(upstream: Mapping[str, Any]) -> Callable[[Script], Starlette]:
    return _SPEAK.get(upstream.get("kind", Kind.COMPATIBLE), openai.create)
