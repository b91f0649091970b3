"""What serves models on a machine: a server for each model, but one Ollama for all of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.rack.model import Node, Rack
from rackhouse.rack.models import Local
from rackhouse.rack.rules.models import port_of
from rackhouse.rack.words import Engine, GpuRuntime, Role

_LONGEST = 52  # letters of a name of DNS, with room for what is put behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How an engine's own image is run: the port that it listens on inside, where it keeps what it
    has fetched, the path that answers when it is ready, and its words. `{}` is the model.
    """

    port: int
    keeps: str
    answers: str
    words: tuple[str, ...] = ()
    patience: float = 1800.0  # seconds: it fetches its model before it answers


RECIPES: Mapping[Engine, Recipe] = {  # each from its project's page on its container
    Engine.OLLAMA: Recipe(
        port=11434, keeps="/root/.ollama", answers="/api/tags", words=("serve",), patience=120.0
    ),
    Engine.VLLM: Recipe(
        port=8000, keeps="/root/.cache/huggingface", answers="/health", words=("--model", "{}")
    ),
    Engine.LLAMA_CPP: Recipe(
        port=8080,
        keeps="/root/.cache/llama.cpp",
        answers="/health",
        words=(
            *("-hf", "{}", "--n-gpu-layers", "999"),
            *("--host", "0.0.0.0", "--port", "8080"),  # noqa: S104 (inside its container)
        ),
    ),
    Engine.EMBEDDINGS: Recipe(
        port=80, keeps="/data", answers="/health", words=("--model-id", "{}")
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server. `name` is `ollama`, or `vllm-qwen2.5-7b`. `image` is empty where none is said."""

    name: str
    engine: Engine
    models: tuple[str, ...]
    image: str
    port: int
    arguments: tuple[str, ...]

    @property
    def inside(self) -> int:
        """Where it listens in a pod: never below 1024, which is root's."""
        return 8080 if self.engine == Engine.EMBEDDINGS else self.recipe.port

    @property
    def recipe(self) -> Recipe:
        """How its image is run."""
        return RECIPES[self.engine]


def servers(rack: Rack, node: Node) -> tuple[Server, ...]:
    """All that `models` places on that machine, in the file's order."""
    found: dict[str, list[Local]] = {}
    for model in rack.models:
        for local in model.prefer:
            if local.node == node.name and local.engine in RECIPES:
                found.setdefault(_name(local), []).append(local)
    return tuple(_server(name, places) for name, places in found.items())


def in_docker(node: Node) -> bool:
    """Whether it is a GPU machine whose models run beside the cluster."""
    return node.role == Role.GPU and node.runtime != GpuRuntime.K3S


def name_of(node: Node, server: Server) -> str:
    """What its Service on a cluster is called, `ollama-forge`: cut where a name is too long."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{server.name}-{node.name}").strip("-")
    if len(name) <= _LONGEST:
        return name
    return f"{name[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def server_of(rack: Rack, local: Local) -> tuple[Node, Server] | None:
    """What serves that model, and where; None where the file does not place it on a machine."""
    node = next((each for each in rack.nodes if each.name == local.node), None)
    if node is None or local.engine not in RECIPES:
        return None
    return node, next(it for it in servers(rack, node) if it.name == _name(local))


def slug(text: str) -> str:
    """As a container engine takes names: `Qwen/Qwen2.5-7B` is `qwen-qwen2.5-7b`."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")


def _name(local: Local) -> str:
    engine = slug(local.engine)
    return engine if local.engine == Engine.OLLAMA else f"{engine}-{slug(local.model)}"


def _server(name: str, places: list[Local]) -> Server:
    first = places[0]
    return Server(
        name=name,
        engine=first.engine,
        models=tuple(dict.fromkeys(local.model for local in places)),
        image=next((local.image for local in places if local.image), ""),
        port=port_of(first),
        arguments=tuple(dict.fromkeys(word for local in places for word in local.arguments)),
    )
