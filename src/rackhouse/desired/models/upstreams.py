"""Upstreams: each model at each address, once, whoever's names it answers for. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rackhouse.desired.case import Ask
from rackhouse.desired.models.holes import Value
from rackhouse.desired.models.money import limits, prices
from rackhouse.rack.models import Local, Model, Outside
from rackhouse.rack.rules.asking import PROVIDERS
from rackhouse.rack.rules.finding import node_named
from rackhouse.rack.rules.models import port_of
from rackhouse.rack.words import Ability, Engine
from rackhouse.resources.core import Id, Ref, Resource
from rackhouse.resources.vault import Given

Where = Callable[[Ask, Local], str]

_HERE = "127.0.0.1"
_EMBEDS = re.compile(r"embed|minilm|\bbge\b|bge-|e5-|gte-", re.IGNORECASE)
_SEES = re.compile(r"llava|vision|-vl\b|[0-9]vl\b", re.IGNORECASE)
_AT_ONCE = {Engine.OLLAMA: 4, Engine.LLAMA_CPP: 4}  # what they serve side by side when not told
_CHAT = (Ability.CHAT, Ability.TOOLS, Ability.SCHEMA)


def here(ask: Ask, local: Local) -> str:
    """Where a model server answers, seen from this machine."""
    if not local.node:
        return f"http://{_HERE}:{port_of(local)}"
    node = node_named(ask.case.ground.rack, local.node)
    if node is None or node.address is None:
        ask.say(
            "model-nowhere",
            f"nobody knows where {local.node} is, which serves {local.model}",
            f"add the `address` of {local.node} under `nodes`",
        )
        return ""
    return f"http://{node.address}:{port_of(local)}"


class Upstreams:
    """Those that were asked for, by name."""

    def __init__(self, ask: Ask, where: Where) -> None:
        self._ask = ask
        self._where = where
        self._usual: dict[str, dict[str, Value]] = {}
        self._said: dict[str, dict[str, Value]] = {}
        self._given: dict[str, Resource[Any]] = {}

    @property
    def all(self) -> list[Value]:
        """What the file says of them, in the order that they were asked for; one that several names
        ask for is what all of them say.
        """
        return [{**usual, **self._said[name]} for name, usual in self._usual.items()]

    @property
    def given(self) -> tuple[Resource[Any], ...]:
        """The keys among them."""
        return tuple(self._given.values())

    def local(self, local: Local) -> str:
        """A model on one's own hardware; answers its name."""
        name = f"{local.node or 'here'}/{local.model}" + (f":{local.port}" if local.port else "")
        if self._usual.get(name, {}).get("kind", local.engine.value) != local.engine.value:
            name += f"@{local.engine.value}"  # by two engines of one machine
        node = node_named(self._ask.case.ground.rack, local.node)
        usual: dict[str, Value] = {
            "name": name,
            "kind": local.engine.value,
            "model": local.model,
            "local": True,
            "abilities": _usual(local),
            "url": "" if local.engine is Engine.BUILTIN else self._where(self._ask, local),
            "node": local.node,
            "wake": node.wake if node else "",
            "slots": _AT_ONCE.get(local.engine, 0),
        }
        return self._add(usual, _common(local))

    def outside(self, outside: Outside) -> str:
        """A model behind somebody else's API; answers its name."""
        kind, url = PROVIDERS.get(outside.provider, ("compatible", ""))
        usual: dict[str, Value] = {
            "name": f"{outside.provider}/{outside.model}",
            "kind": kind,
            "model": outside.model,
            "abilities": _usual(outside),
            "url": url,
            "key": self._key(outside),
        }
        said: dict[str, Value] = {
            "url": outside.url,
            "private": outside.private,
            "prices": prices(outside.price, outside.next_price),
            "limits": limits(outside.budget),
        }
        return self._add(usual, said | _common(outside))

    def _add(self, usual: dict[str, Value], said: dict[str, Value]) -> str:
        name = str(usual["name"])
        self._usual.setdefault(name, {key: value for key, value in usual.items() if value})
        mine = self._said.setdefault(name, {})
        mine |= {key: value for key, value in said.items() if value and key not in mine}
        return name

    def _key(self, outside: Outside) -> Ref | str:
        """As its owner gave it. One at an address of one's own may do without."""
        case, provider = self._ask.case, outside.provider
        name = f"{case.app.name}.{provider}"
        if name in case.ground.facts.given:
            spec = Given(application=case.app.name, name=provider)
            given = case.own(Id("vault", "given", name), spec, keep=True)
            self._given[provider] = given
            return given.id.ref("json")
        if not outside.url:
            self._ask.say(
                "secret-missing",
                f"{provider} wants a key, and the secret {provider!r} was not set",
                f"rackhouse secret set {case.app.name} {provider}",
            )
        return ""


def _common(it: Local | Outside) -> dict[str, Value]:
    return {
        "abilities": [each.value for each in it.abilities],
        "context": it.context,
        "slots": it.slots,
        "queue": it.queue,
        "first_byte": it.first_byte,
    }


def chats(model: Model) -> bool:
    """Whether anybody who answers for that name is for chats."""
    each: tuple[Local | Outside, ...] = (*model.prefer, *model.fall_back)
    return any(Ability.CHAT in (it.abilities or _usual(it)) for it in each)


def _usual(it: Local | Outside) -> tuple[Ability, ...]:
    """What a model of that name can usually do."""
    engine = it.engine if isinstance(it, Local) else None
    if engine is Engine.EMBEDDINGS:
        return (Ability.EMBEDDINGS, Ability.RERANK)
    if engine is Engine.BUILTIN or _EMBEDS.search(it.model):
        return (Ability.EMBEDDINGS,)
    sees = engine is None or _SEES.search(it.model)
    return (*_CHAT, Ability.IMAGES) if sees else _CHAT
