"""Who waits for whom: never two nodes away at once, whatever changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackhouse.desired.k3s import HostFacts, Known, config, k3s
from rackhouse.desired.k3s.layout import layout
from rackhouse.kit.errors import NotReady
from rackhouse.plan.step import Plan, Verb
from rackhouse.rack.model import Rack
from rackhouse.rack.words import Role
from rackhouse.resources.core import Id
from rackhouse.resources.host import Unit
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.memory import Killed, MemoryWorld
from unit.apply.worlds import apply_to, plan_for
from unit.desired import clusters

laws = settings(
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CHANGES = {
    "version": {"version": "v1.35.0+k3s1"},
    "a flag": {"more": "disable: [traefik]"},
    "both": {"version": "v1.34.2+k3s1", "more": "flannel: host-gw"},
}


def _applied(rack: Rack, tmp: Path) -> tuple[MemoryWorld, MemoryStore]:
    world, store = MemoryWorld(), MemoryStore()
    assert apply_to(world, clusters.want(rack), tmp, store=store).ok
    return world, store


def _before(plan: Plan) -> dict[Id, frozenset[Id]]:
    """Of each step, all that must have succeeded before it."""
    found: dict[Id, frozenset[Id]] = {}
    for step in plan.steps:
        found[step.id] = frozenset(step.after).union(*(found[id] for id in step.after))
    return found


def _units(plan: Plan) -> list[Id]:
    return [step.id for step in plan.steps if step.id.kind == "unit" and step.verb != Verb.DELETE]


@laws
@given(shape=clusters.shapes(), change=st.sampled_from([*CHANGES, "first"]))
def test_nodes_are_stopped_one_after_the_other_servers_first(
    shape: tuple[int, int], change: str, tmp_path: Path
) -> None:
    rack = clusters.rack(*shape)
    world, store = MemoryWorld(), MemoryStore()
    if change != "first":
        world, store = _applied(rack, tmp_path)
        rack = clusters.rack(*shape, **CHANGES[change])
    plan = plan_for(world, clusters.want(rack), store=store)
    before, units = _before(plan), _units(plan)
    names = [id.target.removeprefix("host.") for id in units]
    assert names == [node.name for node in rack.nodes][: len(names)]
    assert len(names) >= shape[0]  # a flag of servers is no agent's business
    stopping = {"unit", "restarted"}
    for step in plan.steps:
        host = [unit.target for unit in units]
        if step.id.kind in stopping and step.id.target in host:
            earlier = units[: host.index(step.id.target)]
            assert before[step.id] >= set(earlier), step.id


@laws
@given(shape=clusters.shapes(), change=st.sampled_from(list(CHANGES)))
def test_what_a_node_would_start_with_changes_when_its_turn_has_come(
    shape: tuple[int, int], change: str, tmp_path: Path
) -> None:
    world, store = _applied(clusters.rack(*shape), tmp_path)
    after = clusters.want(clusters.rack(*shape, **CHANGES[change]))
    plan = plan_for(world, after, store=store)
    before, units = _before(plan), _units(plan)
    for step in plan.steps:
        if step.verb is Verb.UPDATE and step.id.kind == "file":
            at = [unit.target for unit in units].index(step.id.target)
            assert before[step.id] >= set(units[:at]), step.id


@laws
@given(shape=clusters.shapes(), moment=st.integers(1, 400))
def test_an_upgrade_that_is_killed_goes_on_where_it_was(
    shape: tuple[int, int], moment: int, tmp_path: Path
) -> None:
    world, store = _applied(clusters.rack(*shape), tmp_path)
    after = clusters.want(clusters.rack(*shape, **CHANGES["version"]))
    world.kill_at, world.ticks = moment, 0
    try:
        apply_to(world, after, tmp_path, store=store)
    except Killed:
        world.revive()
        assert apply_to(world, after, tmp_path, store=store).ok
    assert plan_for(world, after, store=store).steps == ()


def test_a_server_that_does_not_come_back_stops_the_upgrade(tmp_path: Path) -> None:
    world, store = _applied(clusters.rack(3, 1), tmp_path)
    second = Id("host.s-2", "unit", "k3s")
    world.faults[second] = NotReady("it does not start")
    world.log.clear()
    after = clusters.want(clusters.rack(3, 1, version="v1.35.0+k3s1"))
    assert not apply_to(world, after, tmp_path, store=store).ok
    assert [line for line in world.log if "/unit/" in line] == ["ensure host.s-1/unit/k3s"]
    assert not [line for line in world.log if "host.s-3/file" in line]


@laws
@given(shape=clusters.shapes(), more=st.sampled_from(["", "disable: [traefik, servicelb]"]))
def test_every_server_has_the_same_critical_flags(shape: tuple[int, int], more: str) -> None:
    rack = clusters.rack(*shape, more=more)
    found = layout(rack, rack.clusters[0], clusters.known(rack))
    assert found is not None
    flags = []
    for node in found.nodes:
        said = yaml.safe_load(config.config(found, node))
        critical = {key: said[key] for key in config.same(found) if key in said}
        assert bool(critical) == (node.role == Role.SERVER)
        flags += [critical] if critical else []
    assert all(each == flags[0] == dict(config.same(found)) for each in flags)


@laws
@given(shape=clusters.shapes())
def test_a_server_has_the_servers_unit_and_an_agent_never(shape: tuple[int, int]) -> None:
    rack = clusters.rack(*shape)
    for id, resource in clusters.want(rack).items():
        if isinstance(resource.spec, Unit):
            agent = id.target.startswith("host.a-")
            assert resource.spec.name == ("k3s-agent.service" if agent else "k3s.service")
    names = {id.name for id in clusters.want(rack) if id.target.startswith("host.a-")}
    assert not names & {"k3s.service", "k3s-agent-token", "k3s-drain"}


def test_a_server_that_becomes_an_agent_is_stopped_as_a_server_first(tmp_path: Path) -> None:
    roles = dict.fromkeys(["s-1", "s-2", "s-3", "s-4", "s-5"], "server") | {"a-1": "agent"}
    world, store = _applied(clusters.of(roles), tmp_path)
    after = clusters.want(clusters.of(roles | {"s-4": "agent", "s-5": "agent"}))
    plan = plan_for(world, after, store=store)
    before = _before(plan)
    for node in ("host.s-4", "host.s-5"):
        assert Id(node, "unit", "k3s") in before[Id(node, "unit", "k3s-agent")]
    assert apply_to(world, after, tmp_path, store=store).ok
    assert plan_for(world, after, store=store).steps == ()
    assert Id("host.s-4", "unit", "k3s") not in world.things


def test_a_second_server_grows_out_of_sqlite(tmp_path: Path) -> None:
    """The one server is started again with `cluster-init`, which takes its state over to etcd."""
    world, store = _applied(clusters.rack(1), tmp_path)
    after = clusters.want(clusters.rack(3))
    plan = plan_for(world, after, store=store)
    first, *others = _units(plan)
    assert first == Id("host.s-1", "unit", "k3s")
    assert all(first in _before(plan)[other] for other in others)


def test_nothing_of_a_cluster_before_its_founder_has_joined() -> None:
    rack = clusters.rack(3)
    some = Known(hosts={"s-2": HostFacts(), "s-3": HostFacts()})
    assert k3s(rack, some) == ()


def test_a_dead_founder_comes_back_as_one_that_joins() -> None:
    """Another server is written first, and only then is the new machine set up."""
    rack = clusters.of(dict.fromkeys(["s-2", "s-1", "s-3"], "server"))
    found = layout(rack, rack.clusters[0], clusters.known(rack))
    assert found is not None
    assert found.founder.name == "s-2"
    texts = {node.name: yaml.safe_load(config.config(found, node)) for node in found.nodes}
    assert texts["s-1"]["server"] == "https://10.1.0.2:6443"
    assert "cluster-init" not in texts["s-1"]
    assert texts["s-2"]["cluster-init"]


def test_another_node_at_the_end_restarts_nobody(tmp_path: Path) -> None:
    world, store = _applied(clusters.rack(1, 1), tmp_path)
    after = clusters.want(clusters.rack(1, 2))
    touched = {step.id.target for step in plan_for(world, after, store=store).steps}
    assert touched == {"host.a-2", "k3s.home"}


@pytest.mark.parametrize("agents", [0, 1])
def test_one_node_alone_leaves_nobody_to_drain_to(agents: int) -> None:
    script = clusters.want(clusters.rack(1, agents))[Id("host.s-1", "file", "k3s-node")]
    assert f"alone='{'' if agents else 'yes'}'" in str(script.spec.content)
