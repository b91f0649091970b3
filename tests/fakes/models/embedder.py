"""A gateway whose only upstreams are the built-in embedder's, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import psutil

from fakes.models.rack import model
from fakes.models.serving import served
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Config, Key, Kind, Upstream
from rackhouse.services.gateway.settings import Settings

SECRET = "sk-rack-embedder"
MODELS = ("all-MiniLM-L6-v2", "all-MiniLM-L6-v2:fp32")


def config() -> Config:
    """A name for each form, the same as the upstream's."""
    return Config(
        upstreams=tuple(
            Upstream(
                name=name, kind=Kind.BUILTIN, model=name, local=True, abilities=("embeddings",)
            )
            for name in MODELS
        ),
        models=tuple(model(name, name=name) for name in MODELS),
        keys=(Key(name="hello.llm", application="hello", secret=SECRET),),
    )


@dataclass
class Embedding:
    """`client` shows the key."""

    url: str
    client: httpx.Client

    def ask(self, texts: str | list[str], model: str = MODELS[0], **more: object) -> httpx.Response:
        """One request."""
        body = {"model": model, "input": texts, **more}
        return self.client.post("/v1/embeddings", json=body)

    def vectors(self, texts: list[str], model: str = MODELS[0]) -> list[list[float]]:
        """What it finds."""
        answer = self.ask(texts, model)
        answer.raise_for_status()
        return [each["embedding"] for each in answer.json()["data"]]


@contextmanager
def embedding(cache: Path) -> Iterator[Embedding]:
    """A gateway in this process; the workers are its own processes."""
    opening = partial(wiring.opened, settings=Settings(cache=cache))
    headers = {"authorization": f"Bearer {SECRET}"}
    with (
        served(create(config(), opening)) as url,
        httpx.Client(base_url=url, headers=headers, timeout=120) as client,
    ):
        yield Embedding(url, client)


def workers(gateway: int, model: str = MODELS[0]) -> list[psutil.Process]:
    """The workers of the gateway with that pid that answer for that model."""
    found = []
    for each in psutil.Process(gateway).children():
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if model in each.cmdline():
                found.append(each)
    return found
