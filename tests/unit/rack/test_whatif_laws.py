"""What-if, for any rack: adding and taking away again is nothing, losing more never helps, totals
are sums.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.rack.capacity import SYSTEM, added, without
from rackhouse.rack.complete import complete
from rackhouse.rack.model import (
    Application,
    Backups,
    Cache,
    Data,
    Network,
    Node,
    Objects,
    Postgres,
    Rack,
    Router,
    Switch,
    Vlan,
)
from rackhouse.rack.models import Gpu, Local, Model, Outside
from rackhouse.rack.values import Amount, Location, Price
from rackhouse.rack.whatif import Change, losses, report
from rackhouse.rack.whatif.place import Placement, place
from rackhouse.rack.words import Arch, Engine, GpuRuntime, Role
from unit.rack.racks import STEADY

GI = 2**30
SIZES = st.integers(1, 6).map(lambda n: n * GI)
MAYBE = st.integers(0, 6).map(lambda n: n * GI)  # 0 is unknown
PRICES = st.none() | st.builds(
    Amount, st.integers(1, 500).map(float), st.sampled_from(["EUR", "USD"])
)
VLANS = tuple(
    Vlan(name=name, id=number, subnet=IPv4Network(f"10.0.{number}.0/24"))
    for number, name in enumerate(("cluster", "gpu"), 1)
)


@st.composite
def _node(draw: st.DrawFn, number: int) -> Node:
    role = draw(st.sampled_from([Role.SERVER, Role.SERVER, Role.AGENT, Role.GPU, Role.ROUTER]))
    gpu = (
        draw(st.builds(Gpu, memory=SIZES, watts=st.sampled_from([0, 30])))
        if role == "gpu"
        else None
    )
    return Node(
        name=f"n{number}",
        role=role,
        runtime=draw(st.sampled_from(list(GpuRuntime))) if gpu else "",
        arch=draw(st.sampled_from([Arch.AMD64, Arch.ARM64, ""])),
        memory=draw(MAYBE),
        storage=draw(MAYBE),
        watts=draw(st.sampled_from([0, 7, 90])),
        port=draw(st.sampled_from([0, number + 1])),
        address=IPv4Address(f"10.0.{draw(st.integers(1, 2))}.{10 + number}"),
        gpu=gpu,
        price=draw(PRICES),
        owned=draw(st.booleans()),
    )


@st.composite
def _racks(draw: st.DrawFn) -> Rack:
    nodes = tuple(draw(_node(number)) for number in range(draw(st.integers(0, 7))))
    places = st.sampled_from(["", *(node.name for node in nodes)])
    local = st.builds(
        Local,
        engine=st.sampled_from([Engine.OLLAMA, Engine.VLLM, Engine.BUILTIN]),
        model=st.sampled_from(["small:1b", "large:8b"]),
        node=places,
        memory=st.sampled_from([0, GI]),
    )
    outside = st.just(Outside(provider="openai", model="gpt-5-mini"))
    answers = st.builds(
        Model,
        name=st.sampled_from(["chat", "embed"]),
        prefer=st.lists(local, max_size=2).map(tuple),
        fall_back=st.lists(outside, max_size=1).map(tuple),
    )
    data = st.builds(
        Data,
        postgres=st.none()
        | st.builds(Postgres, instances=st.integers(1, 4), memory=SIZES, storage=SIZES),
        cache=st.none() | st.builds(Cache, memory=SIZES),
        objects=st.none() | st.builds(Objects, storage=SIZES),
    )
    arch = st.sampled_from([(), (Arch.ARM64,), (Arch.AMD64,)])
    network = Network(
        router=draw(st.none() | st.just(Router())),
        switch=Switch(ports=16, uplink=draw(st.sampled_from([0, 16]))),
        vlans=draw(st.sampled_from([(), VLANS])),
    )
    return complete(
        Rack(
            nodes=nodes,
            network=network,
            data=draw(data),
            models=tuple(draw(st.lists(answers, max_size=2, unique_by=lambda each: each.name))),
            applications=(Application(name="hello", folder="./hello", arch=draw(arch)),),
            backups=draw(st.none() | st.just(Backups(to=Location("s3", "s3.example", "/rack")))),
            electricity=draw(st.none() | st.just(Price(0.32, "EUR", "kWh"))),
        )
    )


@st.composite
def _changes(draw: st.DrawFn, rack: Rack) -> Change:
    names = [node.name for node in rack.nodes]
    some = st.sets(st.sampled_from(names)) if names else st.just(set[str]())
    return Change(
        nodes=frozenset(draw(some)),
        cards=frozenset(draw(some)),
        ports=frozenset(draw(st.sets(st.sampled_from([*range(1, 9), 16]), max_size=3))),
    )


@given(_racks(), st.data())
@STEADY
def test_what_is_added_and_taken_away_again_was_never_there(
    rack: Rack, data: st.DataObject
) -> None:
    node = data.draw(_node(20))
    assert report(without(added(rack, node), [node.name])) == report(rack)
    both = report(rack, Change(added=(node,), nodes=frozenset({node.name})))
    assert both.after == report(rack).after
    assert both.shopping == report(rack).shopping


@given(_racks(), st.data())
@STEADY
def test_losing_more_never_helps(rack: Rack, data: st.DataObject) -> None:
    one, other = data.draw(_changes(rack)), data.draw(_changes(rack))
    both = Change(
        nodes=one.nodes | other.nodes, cards=one.cards | other.cards, ports=one.ports | other.ports
    )
    less, more = report(rack, one).after, report(rack, both).after
    for had, has in zip(less.standings, more.standings, strict=True):
        assert had.what == has.what
        assert has.state.rank >= had.state.rank, (had, has)
    for before, after in zip(less.measures, more.measures, strict=True):
        assert after.has <= before.has
    assert len(more.left_over) >= len(less.left_over)
    assert more.capacity.watts <= less.capacity.watts


@given(_racks(), st.data())
@STEADY
def test_totals_are_sums(rack: Rack, data: st.DataObject) -> None:
    found = report(rack, data.draw(_changes(rack)))
    after = found.after
    assert after.capacity.watts == sum(each.watts for each in after.machines)
    assert after.capacity.watts == sum(draw.usual for draw in after.draws)
    if after.capacity.cost is not None:
        each = sum(draw.cost or 0 for draw in after.draws)
        assert after.capacity.cost == pytest.approx(each)
    prices = [price for _, _, price in found.shopping.items if price]
    for total in found.shopping.totals:
        own = [price.amount for price in prices if price.currency == total.currency]
        assert total.amount == pytest.approx(sum(own))
    assert len(prices) + len(found.shopping.unknown) == len(found.shopping.items)


@given(_racks(), st.data())
@STEADY
def test_no_machine_is_given_more_than_it_has_and_no_copy_is_forgotten(
    rack: Rack, data: st.DataObject
) -> None:
    situation = data.draw(_changes(rack)).of(rack)
    placement = place(situation)
    for node in situation.reached:
        spread = [part for part in placement.on[node.name] if part.what in {"PostgreSQL", "Valkey"}]
        if spread and node.memory:
            assert sum(part.size for part in placement.on[node.name]) <= node.memory
        assert sum(part.what == "PostgreSQL" for part in spread) <= 1
    if situation.clusters and rack.data.postgres:
        assert _copies(placement, "PostgreSQL") == rack.data.postgres.instances
    if situation.clusters and rack.data.cache:
        assert _copies(placement, "Valkey") == 1


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), *[st.integers(1, 5)] * 3)
@STEADY
def test_no_other_way_of_placing_fits_more(
    memories: list[int], copies: int, copy: int, cache: int
) -> None:
    nodes = tuple(
        Node(name=f"n{number}", role=Role.SERVER, memory=memory * GI + SYSTEM)
        for number, memory in enumerate(memories)
    )
    data = Data(
        postgres=Postgres(instances=copies, memory=copy * GI), cache=Cache(memory=cache * GI)
    )
    placement = place(Change().of(complete(Rack(nodes=nodes, data=data))))

    def fitting(cache_on: int | None) -> int:
        left = [memory - cache * (n == cache_on) for n, memory in enumerate(memories)]
        return min(sum(memory >= copy for memory in left), copies) + (cache_on is not None)

    able = [n for n, memory in enumerate(memories) if memory >= cache]
    best = max(fitting(cache_on) for cache_on in (None, *able))
    assert placement.count("PostgreSQL") + placement.count("Valkey") == best


def _copies(placement: Placement, what: str) -> int:
    return placement.count(what) + sum(part.what == what for part in placement.left_over)


@given(_racks())
@STEADY
def test_a_loss_in_turn_is_that_loss_alone(rack: Rack) -> None:
    found = {loss.name: loss.worse for loss in losses(rack)}
    for node in rack.nodes:
        assert found[node.name] == report(rack, Change(nodes=frozenset({node.name}))).worse
