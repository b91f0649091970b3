"""The tables of tests/scenarios/gateway: who is asked, in which order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from rackhouse.services.gateway.model import problem
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Candidate, Config, Named, Upstream
from rackhouse.services.gateway.service.routing.router import Routing
from rackhouse.services.gateway.service.slots.turns import Turns

FILE = Path(__file__).parents[3] / "scenarios" / "gateway" / "routing.yaml"
SCENARIOS: list[dict[str, Any]] = yaml.safe_load(FILE.read_text())
NOW = 1000.0


class Waits(Turns):
    """Turns that take as long as the scenario says."""

    def __init__(self, seconds: dict[str, float]) -> None:
        super().__init__()
        self._told = seconds

    def expected(self, upstream: Upstream) -> float:
        return self._told.get(upstream.name, 0.0)


def routing(scenario: dict[str, Any]) -> Routing:
    candidates = tuple(msgspec.convert(each, Candidate) for each in scenario["candidates"])
    told = scenario.get("upstreams", {})
    upstreams = tuple(
        msgspec.convert(
            {"name": each.upstream, "kind": "ollama", "model": "m"} | told.get(each.upstream, {}),
            Upstream,
        )
        for each in candidates
    )
    named = Named(**{"name": "chat", "candidates": candidates, **scenario.get("named", {})})
    config = Config(upstreams=upstreams, models=(named,))
    made = Routing(config, Waits(scenario.get("wait", {})), lambda _: None, clock=lambda: NOW)
    for name in scenario.get("ill", ()):
        made.states[name].ill, made.states[name].until = True, NOW + 5
    for name in scenario.get("loaded", ()):
        made.states[name].loaded = True
    return made


def call(ask: dict[str, Any]) -> Call:
    caller = Caller(key=ask.get("key", "k"), application=ask.get("caller", "hello"))
    facts = {name: ask[name] for name in ("tools", "images", "schema", "prompt") if name in ask}
    return Call(
        id="1",
        caller=caller,
        task=Task(ask.get("task", "chat")),
        model="chat",
        payload={},
        tags=frozenset(ask.get("tags", ())),
        **facts,
    )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each["name"])
def test_who_is_asked(scenario: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    made = routing(scenario)
    for ask in scenario["asks"]:
        hour, minute = (int(each) for each in ask.get("at", "12:00").split(":"))
        monkeypatch.setattr(made, "_minute", lambda at=hour * 60 + minute: at)
        if "error" in ask:
            with pytest.raises(getattr(problem, ask["error"])):
                made.choose(call(ask))
        else:
            assert [each.name for each in made.choose(call(ask)).upstreams] == ask["order"], ask
