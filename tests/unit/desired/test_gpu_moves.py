"""One word moves the models of a machine from beside the cluster into it, and back."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection, Mapping
from pathlib import Path

from rackhouse.apply import last_seen
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.apply.world import World
from rackhouse.desired.hosts import hosts
from rackhouse.kit.paths import Paths
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Plan, Verb
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.resources.place import Place, Wanted
from rackhouse.store.memory import MemoryStore
from rackhouse.targets import ollama
from rackhouse.targets.memory import MemoryWorld
from rackhouse.targets.protocol import Target

SUM = "0123456789abcdef" * 4
RACK = f"""
nodes:
  pi-1: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}
  forge:
    role: gpu
    runtime: RUNTIME
    arch: amd64
    disk: nvme
    address: 10.20.20.20
    gpu: {{memory: 24Gi, toolkit: {{key: {SUM}}}}}
models:
  chat:
    prefer:
      - {{engine: ollama, model: "llama3.1:8b", node: forge, image: "ollama@sha256:{SUM}"}}
clusters:
  home:
    nodes: [pi-1MORE]
    k3s:
      version: v1.34.1+k3s1
      sums: {{arm64: {{program: {SUM}}}, amd64: {{program: {SUM}}}}}
"""
VOLUME = Id("docker.forge", "volume", "ollama")


class Bench:
    """One rack on a world in memory; the store survives its applies."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self.memory = folder, MemoryStore(), MemoryWorld()

    def wanted(self, runtime: str) -> Wanted:
        more = ", forge" if runtime == "k3s" else ""
        rack = load(RACK.replace("RUNTIME", runtime).replace("MORE", more))
        joined = {node.name: {"host": str(node.address)} for node in rack.nodes}
        return hosts(rack, joined, seen=last_seen.places(self.store))

    def plan(self, runtime: str) -> Plan:
        async def look() -> Plan:
            world = self._world(runtime)
            return plan(world.wanted.resources, await world.look())

        return asyncio.run(look())

    def apply(self, runtime: str, purge: Collection[Id] = ()) -> Outcome:
        clock = itertools.count(1)
        order = Apply(
            who="ada",
            what="test",
            confirm=lambda _: True,
            observer=Silent(),
            now=lambda: float(next(clock)),
            purge=frozenset(purge),
        )
        world = self._world(runtime)
        return asyncio.run(converge(world, order, rack="test", lock=self.folder / "lock"))

    def _world(self, runtime: str) -> World:
        return World(self.wanted(runtime), self.store, self._open)

    def _open(self, place: Place, address: Mapping[str, str]) -> Target:
        if place.kind == "ollama" and "leaving" in address:
            paths = Paths(self.folder)
            return ollama.open_target(
                place.name, address, rack="test", paths=paths, store=self.store
            )
        return self.memory.open_place(place, address)


def of_forge(plan: Plan) -> list[str]:
    return [f"{step.verb.value} {step.id}" for step in plan.steps if "forge" in step.id.target]


def names(plan: Plan, verb: Verb) -> list[str]:
    return [str(step.id).partition("@")[0] for step in plan.steps if step.verb is verb]


def test_into_the_cluster_and_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.apply("docker").ok
    assert of_forge(bench.plan("docker")) == []

    moves = bench.plan("k3s")
    assert names(moves, Verb.DELETE) == [
        "docker.forge/container/ollama",
        "docker.forge/image/ollama",
        "host.forge/ruleset/models",
    ]
    made = names(moves, Verb.CREATE)
    assert "host.forge/unit/k3s-agent" in made
    assert not [name for name in made if name.startswith(("docker", "ollama"))]
    notes = [str(note) for note in moves.notes]
    assert any(str(VOLUME) in note and "--purge" in note for note in notes), notes
    assert any("host.forge/unit/docker" in note and "still used" in note for note in notes), notes

    assert bench.apply("k3s").ok
    assert bench.plan("k3s").steps == ()
    assert VOLUME in bench.memory.things

    assert bench.apply("docker").ok
    assert bench.plan("docker").steps == ()
    assert Id("host.forge", "unit", "k3s-agent") not in bench.memory.things


def test_the_engine_leaves_with_the_models_that_it_keeps(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.apply("docker").ok
    assert bench.apply("k3s", purge=[VOLUME]).ok
    left = [id for id in bench.memory.things if id.target == "docker.forge" or id.name == "docker"]
    assert left == []
    assert "docker.forge" not in bench.wanted("k3s").places  # and it is asked no more


def test_the_toolkit_is_there_before_the_agent_starts(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.apply("k3s").ok
    log = bench.memory.log
    toolkit = log.index("ensure host.forge/packages/nvidia")
    assert toolkit < log.index("ensure host.forge/unit/k3s-agent")
