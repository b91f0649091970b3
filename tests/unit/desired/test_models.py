"""What the gateway is told is what its own `Config` reads, and says what the rack file says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.desired import desired
from rackhouse.desired.facts import Facts
from rackhouse.desired.models.holes import dumps
from rackhouse.desired.models.money import nanos
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.rack.rules.models import BUILT_IN
from rackhouse.rack.values import Amount
from rackhouse.resources.core import Hidden, Id, Resource
from rackhouse.resources.machine import File
from rackhouse.services.gateway.model.config import (
    Budget,
    Candidate,
    Config,
    Kind,
    Limit,
    Named,
    OnBreak,
    Period,
    Price,
    Scope,
    When,
)
from rackhouse.services.gateway.worker.weights import FORMS
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


def wanted(
    models: str, *apps: str, keys: Collection[str] = (), nodes: str = NODES
) -> Mapping[Id, Resource[Any]]:
    """All that the gateway and those applications come to."""
    texts = (SERVICES / "gateway/score.yaml").read_text(), *apps
    facts = Facts(tools=TOOLS, given=frozenset(f"gateway.{name}" for name in keys))
    return desired(load(nodes + models), [released(text) for text in texts], facts).resources


def told(models: str, *apps: str, keys: Collection[str] = (), nodes: str = NODES) -> Config:
    """The gateway's file, read by itself; the value of each hole is that hole's name."""
    found = wanted(models, *apps, keys=keys, nodes=nodes)
    file: Any = found[Id("machine", "file", "gateway.models")].spec
    assert isinstance(file, File)
    takes = {ref.to for ref in file.content.refs}
    assert takes <= found.keys(), "a value of what nobody makes"
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
    config = told(models, keys={"openai", "anthropic"})
    assert [(it.name, it.kind, it.url, it.local, it.wake) for it in config.upstreams] == [
        ("forge/llama3.1:8b", Kind.OLLAMA, "http://10.20.30.20:11434", True, "aa:bb:cc:dd:ee:ff"),
        ("forge/big:9000", Kind.VLLM, "http://10.20.30.20:9000", True, "aa:bb:cc:dd:ee:ff"),
        ("openai/gpt-5-mini", Kind.OPENAI, "https://api.openai.com", False, ""),
        ("anthropic/claude", Kind.ANTHROPIC, "https://api.anthropic.com", False, ""),
        ("here/all-MiniLM-L6-v2", Kind.BUILTIN, "", True, ""),
    ]
    ranks = {m.name: [(c.upstream, c.rank) for c in m.candidates] for m in config.models}
    assert ranks["chat"] == [(it.name, n) for n, it in enumerate(config.upstreams[:4])]
    assert ranks["again"] == [("forge/llama3.1:8b", 0)]
    assert config.upstreams[2].key == "vault+given+gateway.openai"


def test_every_application_that_asks_has_a_key_of_its_own() -> None:
    config = told("models: {embed: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}}", HELLO)
    (key,) = config.keys
    assert (key.name, key.application, key.secret) == (
        "hello.mind",
        "hello",
        "vault+secret+hello.mind",
    )
    assert config.admin == "vault+secret+gateway.admin"
    assert config.rack == "home"


@pytest.mark.parametrize(
    ("models", "name"),
    [
        ("{embed: %s, chat: {prefer: [{engine: ollama, model: m}]}}", "chat"),
        ("{embed: %s, other: {fall_back: [{provider: near, model: n, url: http://n}]}}", "other"),
        ("{embed: %s}", "embed"),
    ],
)
def test_who_names_no_model_gets_the_first_for_chats(models: str, name: str) -> None:
    embed = "{prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}"
    hello = HELLO.replace("mind.key", "mind.model")
    process: Any = wanted("models: " + models % embed, hello)[
        Id("machine", "process", "hello.work@r1")
    ].spec
    assert dict(process.program.env)["KEY"].fill({}) == name


def test_what_is_built_in_is_what_the_embedder_has() -> None:
    assert set(BUILT_IN) == set(FORMS)


def test_a_new_key_and_another_order_change_the_file_and_restart_nothing() -> None:
    before = wanted("models: {m: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}}")
    after = wanted("models: {m: {prefer: [{engine: ollama, model: x}]}}", HELLO)
    changed = {str(id) for id in before if before[id].text != after[id].text}
    assert changed == {"machine/file/gateway.models"}


_VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_VALUES)
def test_json_with_holes_is_json(value: Any) -> None:
    hole = Id("vault", "given", "gateway.openai").ref("json")
    text = dumps({"value": value, "key": hole})
    assert text.refs == {hole}
    filled = text.fill({hole: Hidden(json.dumps('a"b\\')[1:-1])})
    assert json.loads(filled) == {"value": value, "key": 'a"b\\'}


def test_a_rack_without_models_has_a_gateway_that_knows_none() -> None:
    assert told("").models == ()


def test_without_its_key_nobody_is_asked_outside() -> None:
    with pytest.raises(FileError, match="rackhouse secret set gateway openai"):
        told("models: {chat: {fall_back: [{provider: openai, model: m}]}}")


def test_what_is_left_out_is_the_gateways_own_default() -> None:
    config = told("models: {embed: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}}")
    only = Candidate(upstream="here/all-MiniLM-L6-v2", rank=0)
    assert config.models == (Named(name="embed", candidates=(only,)),)
    assert (config.currency, config.zone, config.retention_days) == ("USD", "UTC", 30)


def test_every_word_of_a_model_is_passed_on() -> None:
    config = told(
        """
models:
  chat:
    on_break: restart
    spill: 10s
    hedge: 5s
    sticky: true
    cache: 1h
    measured: true
    margin: 2%
    escalate: 0
    judge: http://10.0.0.1/judge
    shadow: 2%
    budget: 5 EUR/day
    soft: true
    prefer:
      - engine: ollama
        model: m
        slots: 2
        queue: 9
        context: 8192
        abilities: [chat]
        first_byte: 2m
        when: {at_least: 1, at_most: 900, tools: false, images: true, tags: [a], callers: [b]}
      - {engine: llama.cpp, model: w1, weight: 3}
      - {engine: vllm, model: w2, weight: 1}
      - {engine: vllm, model: last, port: 9001, when: {hours: 22:00-06:00}}
    fall_back:
      - provider: near
        model: proxy
        url: http://10.1.1.1:4000/v1
        private: true
        budget: 12 EUR/year
        price: {input: 0.22 EUR, output: 1.75 EUR, cached: 0.02 EUR}
        next_price: {input: 0.2 EUR, output: 1.5 EUR, since: 2026-12-01}
gateway:
  timezone: Europe/Berlin
  keep_log: 90d
  log_bodies: true
  unpriced: {input: 10 EUR, output: 30 EUR}
  shadow_budget: 1 EUR/month
  tasks: [summary]
""",
        keys={"near"},
    )
    (chat,) = config.models
    assert (chat.on_break, chat.spill, chat.hedge, chat.sticky) == (OnBreak.RESTART, 10, 5, True)
    assert (chat.cache, chat.measured, chat.shadow) == (3600, True, 0.02)
    assert (chat.margin, chat.escalate) == (0.02, 0)
    assert chat.judge == "http://10.0.0.1/judge"
    assert chat.limits == (Limit(period=Period.DAY, money=5 * 10**9, hard=False),)
    assert [each.rank for each in chat.candidates] == [0, 1, 1, 2, 3]
    assert [each.weight for each in chat.candidates] == [1, 3, 1, 1, 1]
    said = When(at_least=1, at_most=900, tools=False, images=True, tags=("a",), callers=("b",))
    assert chat.candidates[0].when == said
    assert chat.candidates[3].when == When(hours="22:00-06:00")
    first, proxy = config.upstreams[0], config.upstreams[-1]
    assert (first.slots, first.queue, first.context, first.first_byte) == (2, 9, 8192, 120)
    assert first.abilities == ("chat",)
    assert (proxy.url, proxy.private, proxy.kind) == ("http://10.1.1.1:4000", True, Kind.COMPATIBLE)
    assert proxy.limits == (Limit(period=Period.MONTH, money=10**9),)
    assert proxy.prices == (
        Price(since="1970-01-01", input=22 * 10**7, output=175 * 10**7, cached=2 * 10**7),
        Price(since="2026-12-01", input=2 * 10**8, output=15 * 10**8),
    )
    assert (config.currency, config.zone, config.bodies) == ("EUR", "Europe/Berlin", True)
    assert (config.retention_days, config.tasks) == (90, ("summary",))
    assert config.unpriced == (Price(since="1970-01-01", input=10**10, output=3 * 10**10),)
    assert config.shadow == (Limit(period=Period.MONTH, money=10**9),)


def test_one_server_is_what_all_names_say_of_it_together() -> None:
    config = told(
        """
models:
  first: {prefer: [{engine: ollama, model: m}]}
  second: {prefer: [{engine: ollama, model: m, slots: 2, abilities: [chat]}]}
  third: {prefer: [{engine: llama.cpp, model: m, context: 8192}]}
"""
    )
    ollama, other = config.upstreams
    assert (ollama.name, ollama.slots, ollama.abilities) == ("here/m", 2, ("chat",))
    assert (other.name, other.kind, other.context) == ("here/m@llama.cpp", Kind.LLAMA_CPP, 8192)
    assert [each.candidates[0].upstream for each in config.models] == [
        "here/m",
        "here/m",
        "here/m@llama.cpp",
    ]


def test_what_an_application_may_ask_and_spend() -> None:
    nodes = """
applications:
  gateway: {service: gateway}
  hello:
    folder: ./hello
    models:
      {may_ask: [m], budget: 2 EUR/month, tokens_per_day: 500, soft: true,
      requests_per_minute: 60, tokens_per_minute: 900}
"""
    config = told(
        "models: {m: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}}", HELLO, nodes=nodes
    )
    (key,) = config.keys
    assert (key.models, key.requests_per_minute, key.tokens_per_minute) == (("m",), 60, 900)
    limits = (
        Limit(period=Period.MONTH, money=2 * 10**9, hard=False),
        Limit(period=Period.DAY, tokens=500, hard=False),
    )
    assert config.budgets == (Budget(scope=Scope.APPLICATION, name="hello", limits=limits),)


@pytest.mark.parametrize(
    ("local", "abilities"),
    [
        ("{engine: ollama, model: 'llama3.1:8b'}", {"chat", "tools", "schema"}),
        ("{engine: ollama, model: 'qwen2.5-vl:7b'}", {"chat", "tools", "schema", "images"}),
        ("{engine: ollama, model: nomic-embed-text}", {"embeddings"}),
        ("{engine: text-embeddings, model: BAAI/bge-m3}", {"embeddings", "rerank"}),
        ("{engine: builtin, model: all-MiniLM-L6-v2}", {"embeddings"}),
    ],
)
def test_what_a_model_can_do_is_worked_out_from_its_name(local: str, abilities: set[str]) -> None:
    (upstream,) = told(f"models: {{m: {{prefer: [{local}]}}}}").upstreams
    assert set(upstream.abilities) == abilities


@given(st.integers(0, 99_999_999), st.sampled_from([10, 100, 10**6]))
def test_money_is_exactly_what_the_file_says(digits: int, parts: int) -> None:
    amount = Amount(digits / parts, "EUR")
    assert nanos(amount) == digits * (10**9 // parts)
