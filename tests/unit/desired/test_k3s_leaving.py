"""Nodes leave in the safe order, wherever an apply is killed, and nobody else is stopped for it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackhouse.plan.step import Plan, Verb
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.host import Hostname
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.memory import Killed, MemoryWorld
from unit.apply.worlds import apply_to, plan_for
from unit.desired import clusters

laws = settings(
    deadline=None,
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
GONE = ("farewell/k3s-agent-departs", "unit/k3s-agent", "farewell/k3s-agent-data")


def _applied(tmp: Path, servers: int, agents: int) -> tuple[MemoryWorld, MemoryStore]:
    world, store = MemoryWorld(), MemoryStore()
    assert apply_to(world, clusters.want(clusters.rack(servers, agents)), tmp, store=store).ok
    return world, store


def _before(plan: Plan) -> dict[Id, frozenset[Id]]:
    found: dict[Id, frozenset[Id]] = {}
    for step in plan.steps:
        found[step.id] = frozenset(step.after).union(*(found[id] for id in step.after))
    return found


def _removed(plan: Plan) -> set[Id]:
    return {step.id for step in plan.steps if step.verb is Verb.DELETE}


@laws
@given(servers=st.sampled_from([1, 3]), agents=st.integers(1, 3))
def test_an_agent_is_drained_stopped_deleted_and_wiped(
    servers: int, agents: int, tmp_path: Path
) -> None:
    world, store = _applied(tmp_path, servers, agents)
    wanted = clusters.want(clusters.rack(servers, agents - 1))
    last = f"host.a-{agents}"
    plan = plan_for(world, wanted | _kept(last), store=store)
    before = _before(plan)
    departs, unit, data = (Id.parse(f"{last}/{name}") for name in GONE)
    member = Id.parse(f"k3s.home/agent/a-{agents}")
    assert departs in before[unit]
    assert unit in before[data]
    assert unit in before[member]
    settings_gone = {id for id in _removed(plan) if id.kind == "file" and id.target == last}
    assert all(unit in before[id] for id in settings_gone)
    assert not [step.id for step in plan.steps if step.id.target != last and step.id.kind == "unit"]


@laws
@given(moment=st.integers(1, 300))
def test_two_servers_of_three_leave_one_after_the_other_wherever_it_is_killed(
    moment: int, tmp_path: Path
) -> None:
    world, store = _applied(tmp_path, 3, 1)
    wanted = clusters.want(clusters.of({"s-1": "server", "a-1": "agent"}))
    wanted |= _kept("host.s-2") | _kept("host.s-3")
    before = _before(plan_for(world, wanted, store=store))
    second, third = (Id(f"host.{name}", "farewell", "k3s-departs") for name in ("s-2", "s-3"))
    assert third in before[second]
    for name, departs in (("s-2", second), ("s-3", third)):
        assert departs in before[Id(f"host.{name}", "unit", "k3s")]
    world.kill_at, world.ticks = moment, 0
    try:
        apply_to(world, wanted, tmp_path, store=store)
    except Killed:
        world.revive()
        assert apply_to(world, wanted, tmp_path, store=store).ok
    assert plan_for(world, wanted, store=store).steps == ()
    assert not [id for id in world.things if id.target == "host.s-3" and id.kind == "unit"]


def test_all_of_it_leaves_the_founder_last(tmp_path: Path) -> None:
    world, store = _applied(tmp_path, 3, 2)
    rest = {id: each for name in _hosts(world) for id, each in _kept(name).items()}
    plan = plan_for(world, rest, store=store)
    before = _before(plan)
    units = [step.id for step in plan.steps if step.id.kind == "unit"]
    founder = Id("host.s-1", "unit", "k3s")
    assert units[-1] == founder
    assert all(unit in before[founder] for unit in units[:-1])
    assert apply_to(world, rest, tmp_path, store=store).ok


def _hosts(world: MemoryWorld) -> set[str]:
    return {id.target for id in world.things if id.target.startswith("host.")}


def _kept(host: str) -> clusters.Want:
    """Something else of that machine, so that it stays in sight."""
    id = Id(host, "hostname", "self")
    return {id: Resource(id=id, spec=Hostname(host))}
