"""Upstreams: each model at each address, once, whoever's names it answers for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackhouse.desired.case import Ask
from rackhouse.desired.models.holes import Value
from rackhouse.rack.models import Local, Outside
from rackhouse.rack.rules.finding import node_named
from rackhouse.rack.rules.models import port_of
from rackhouse.rack.words import Engine
from rackhouse.resources.core import Id, Ref, Resource
from rackhouse.resources.vault import Given

_HERE = "127.0.0.1"
_ABILITIES = {Engine.BUILTIN: ["embeddings"], Engine.EMBEDDINGS: ["embeddings", "rerank"]}
# Where they answer; what speaks its own language is a kind of the gateway's own.
PROVIDERS: Mapping[str, tuple[str, str]] = {
    "anthropic": ("anthropic", "https://api.anthropic.com"),
    "deepseek": ("compatible", "https://api.deepseek.com"),
    "groq": ("compatible", "https://api.groq.com/openai"),
    "mistral": ("compatible", "https://api.mistral.ai"),
    "openai": ("openai", "https://api.openai.com"),
    "openrouter": ("compatible", "https://openrouter.ai/api"),
}


class Upstreams:
    """Those that were asked for, by name."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._found: dict[str, Value] = {}
        self._given: dict[str, Resource[Any]] = {}

    @property
    def all(self) -> list[Value]:
        """What the file says of them, in the order that they were asked for."""
        return [*self._found.values()]

    @property
    def given(self) -> tuple[Resource[Any], ...]:
        """The keys among them."""
        return tuple(self._given.values())

    def local(self, local: Local) -> str:
        """A model on one's own hardware; answers its name."""
        name = f"{local.node or 'here'}/{local.model}"
        said: dict[str, Value] = {"name": name, "kind": local.engine.value, "model": local.model}
        said["local"] = True
        if local.engine is not Engine.BUILTIN:
            said["url"] = self._url(local)
        if local.engine in _ABILITIES:
            said["abilities"] = _ABILITIES[local.engine]
        node = node_named(self._ask.case.ground.rack, local.node)
        if node is not None:
            said["node"] = node.name
        if node is not None and node.wake:
            said["wake"] = node.wake
        self._found[name] = said
        return name

    def outside(self, outside: Outside) -> str:
        """A model behind somebody else's API; answers its name."""
        name = f"{outside.provider}/{outside.model}"
        kind, url = PROVIDERS.get(outside.provider, ("compatible", ""))
        said: dict[str, Value] = {"name": name, "kind": kind, "url": url, "model": outside.model}
        if key := self._key(outside.provider):
            said["key"] = key
        self._found[name] = said
        return name

    def _url(self, local: Local) -> str:
        node = node_named(self._ask.case.ground.rack, local.node)
        host = str(node.address) if node is not None and node.address else _HERE
        return f"http://{host}:{port_of(local)}"

    def _key(self, provider: str) -> Ref | None:
        case = self._ask.case
        name = f"{case.app.name}.{provider}"
        if name not in case.ground.facts.given:
            self._ask.say(
                "secret-missing",
                f"{provider} wants a key, and the secret {provider!r} was not set",
                f"rackhouse secret set {case.app.name} {provider}",
            )
            return None
        spec = Given(application=case.app.name, name=provider)
        given = case.own(Id("vault", "given", name), spec, keep=True)
        self._given[provider] = given
        return given.id.ref("json")
