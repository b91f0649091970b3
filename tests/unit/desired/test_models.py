"""What the gateway is told is what its own `Config` reads, and says what the rack file says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rackhouse.desired import desired
from rackhouse.desired.facts import Facts
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Id
from rackhouse.resources.machine import File
from rackhouse.services.gateway.model.config import Config, Kind
from unit.desired.scenario import TOOLS, released

SERVICES = Path(__file__).parents[3] / "src/rackhouse/services"
HELLO = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {work: {image: ., command: [work], variables: {KEY: "${resources.mind.key}"}}}
resources: {mind: {type: llm}}
"""
NODES = """
nodes:
  forge:
    {role: gpu, arch: amd64, memory: 64Gi, gpu: {memory: 24Gi}, address: 10.20.30.20,
    wake: "aa:bb:cc:dd:ee:ff"}
applications: {gateway: {service: gateway}}
"""


def told(models: str, *apps: str, given: set[str] = frozenset(), nodes: str = NODES) -> Config:  # type: ignore[assignment]
    """The gateway's file, read by itself; the value of each hole is that hole's name."""
    texts = (SERVICES / "gateway/score.yaml").read_text(), *apps
    facts = Facts(tools=TOOLS, given=frozenset(f"gateway.{name}" for name in given))
    found = desired(load(nodes + models), [released(text) for text in texts], facts).resources
    file: Any = found[Id("machine", "file", "gateway.models")].spec
    assert isinstance(file, File)
    wanted = {ref.to for ref in file.content.refs}
    assert wanted <= found.keys(), "a value of what nobody makes"
    values = {ref: Hidden(re.sub(r"[^a-z0-9.-]", "+", str(ref.to))) for ref in file.content.refs}
    return msgspec.json.decode(file.content.fill(values), type=Config)


def test_ones_own_hardware_comes_first_then_others() -> None:
    models = """
models:
  chat:
    prefer:
      - {engine: ollama, model: "llama3.1:8b", node: forge}
      - {engine: vllm, model: big, node: forge, port: 9000}
    fall_back: [{provider: openai, model: gpt-5-mini}, {provider: anthropic, model: claude}]
  embed: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}
  again: {prefer: [{engine: ollama, model: "llama3.1:8b", node: forge}]}
"""
    config = told(models, given={"openai", "anthropic"})
    assert [(it.name, it.kind, it.url, it.local, it.wake) for it in config.upstreams] == [
        ("forge/llama3.1:8b", Kind.OLLAMA, "http://10.20.30.20:11434", True, "aa:bb:cc:dd:ee:ff"),
        ("forge/big", Kind.VLLM, "http://10.20.30.20:9000", True, "aa:bb:cc:dd:ee:ff"),
        ("openai/gpt-5-mini", Kind.OPENAI, "https://api.openai.com", False, ""),
        ("anthropic/claude", Kind.ANTHROPIC, "https://api.anthropic.com", False, ""),
        ("here/all-MiniLM-L6-v2", Kind.BUILTIN, "", True, ""),
    ]
    ranks = {m.name: [(c.upstream, c.rank) for c in m.candidates] for m in config.models}
    assert ranks["chat"] == [(it.name, n) for n, it in enumerate(config.upstreams[:4])]
    assert ranks["again"] == [("forge/llama3.1:8b", 0)]
    assert config.upstreams[2].key == "vault+given+gateway.openai"


def test_every_application_that_asks_has_a_key_of_its_own() -> None:
    config = told("models: {embed: {prefer: [{engine: builtin, model: m}]}}", HELLO)
    (key,) = config.keys
    assert (key.name, key.application, key.secret) == (
        "hello.mind",
        "hello",
        "vault+secret+hello.mind",
    )
    assert config.admin == "vault+secret+gateway.admin"
    assert config.rack == "home"


def test_a_rack_without_models_has_a_gateway_that_knows_none() -> None:
    assert told("").models == ()


def test_without_its_key_nobody_is_asked_outside() -> None:
    with pytest.raises(FileError, match="rackhouse secret set gateway openai"):
        told("models: {chat: {fall_back: [{provider: openai, model: m}]}}")
