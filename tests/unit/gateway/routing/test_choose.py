"""What holds of every choice, whoever the candidates are."""

from __future__ import annotations

import math
import random
from collections import Counter
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Candidate, Config, Kind, Named, Upstream
from rackhouse.services.gateway.service.routing.choose import Choice, Now, choose
from rackhouse.services.gateway.service.routing.plan import plans

NAMES = "abcdef"


@st.composite
def racks(draw: st.DrawFn) -> tuple[Config, dict[str, SimpleNamespace]]:
    """One model, up to six upstreams, some ill, some loaded, some without tools."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    upstreams = tuple(
        Upstream(
            name=name,
            kind=Kind.COMPATIBLE,
            model="m",
            abilities=("chat", "tools") if draw(st.booleans()) else ("chat",),
        )
        for name in names
    )
    candidates = tuple(
        Candidate(upstream=name, rank=draw(st.integers(0, 2)), weight=draw(st.integers(1, 9)))
        for name in names
    )
    named = Named(name="chat", candidates=candidates, sticky=draw(st.booleans()))
    states = {
        name: SimpleNamespace(
            until=draw(st.sampled_from([0.0, 5.0, 50.0])), loaded=draw(st.booleans())
        )
        for name in names
    }
    return Config(upstreams=upstreams, models=(named,)), states


def chosen(
    config: Config, states: dict[str, SimpleNamespace], *, session: str = "s", tools: bool = False
) -> Choice:
    caller = Caller(key="k")
    call = Call(
        id="1",
        caller=caller,
        task=Task.CHAT,
        model="chat",
        payload={},
        session=session,
        tools=tools,
    )
    now = Now(10.0, 0, random.Random(7).random)
    return choose(plans(config)["chat"], call, states, now, lambda _: 0.0)


@given(racks(), st.booleans())
def test_everybody_able_is_chosen_or_barred_and_nobody_twice(
    rack: tuple[Config, dict[str, SimpleNamespace]], tools: bool
) -> None:
    config, states = rack
    choice = chosen(config, states, tools=tools)
    able = {each.name for each in config.upstreams if not tools or "tools" in each.abilities}
    assert sorted(each.name for each in [*choice.upstreams, *choice.barred]) == sorted(able)
    assert {each.name for each in choice.barred} == {n for n in able if states[n].until > 10}


@given(racks())
def test_ranks_are_in_order_and_within_one_the_loaded_come_first(
    rack: tuple[Config, dict[str, SimpleNamespace]],
) -> None:
    config, states = rack
    ranks = {each.upstream: each.rank for each in config.models[0].candidates}
    order = [each.name for each in chosen(config, states).upstreams]
    assert [ranks[name] for name in order] == sorted(ranks[name] for name in order)
    if not config.models[0].sticky:
        keys = [(ranks[name], not states[name].loaded) for name in order]
        assert keys == sorted(keys)


@given(racks(), st.text())
def test_a_conversation_stays_where_it_is_when_another_falls_ill(
    rack: tuple[Config, dict[str, SimpleNamespace]], session: str
) -> None:
    config, states = rack
    if not config.models[0].sticky:
        return
    before = [each.name for each in chosen(config, states, session=session).upstreams]
    for gone in before[1:]:
        states[gone].until = math.inf
        after = [each.name for each in chosen(config, states, session=session).upstreams]
        assert after == [name for name in before if states[name].until <= 10]


def test_equal_ranks_share_by_weight() -> None:
    candidates = (
        Candidate(upstream="a", rank=0, weight=3),
        Candidate(upstream="b", rank=0, weight=1),
    )
    upstreams = tuple(Upstream(name=n, kind=Kind.COMPATIBLE, model="m") for n in "ab")
    config = Config(upstreams=upstreams, models=(Named(name="chat", candidates=candidates),))
    plan = plans(config)["chat"]
    call = Call(id="1", caller=Caller(key="k"), task=Task.CHAT, model="chat", payload={})
    states = {name: SimpleNamespace(until=0.0, loaded=False) for name in "ab"}
    now = Now(0.0, 0, random.Random(1).random)
    first = Counter(
        choose(plan, call, states, now, lambda _: 0.0).upstreams[0].name for _ in range(4000)
    )
    assert 2850 < first["a"] < 3150
