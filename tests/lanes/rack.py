"""A rack whose applications are on one real cluster: planned and applied as the product does it.

What is elsewhere (secrets, users of the cache, buckets) is in the shipped twin of every target.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.apply.world import World
from rackhouse.kit.paths import Paths
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Plan
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.place import Place, Wanted
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.kube import open_target
from rackhouse.targets.memory import MemoryWorld
from rackhouse.targets.protocol import Target

Resources = Mapping[Id, Resource[Any]]


class Rack:
    """One of that name; the store and what is elsewhere survive its applies."""

    def __init__(self, name: str, kubeconfig: Path, folder: Path, cluster: str = "home") -> None:
        self.name = name
        self.target = f"kube.{cluster}"
        self._kubeconfig = kubeconfig
        self._folder = folder
        self.store = MemoryStore()
        self.elsewhere = MemoryWorld()

    async def plan(self, resources: Resources) -> Plan:
        """What is to be done."""
        world = self._world(resources)
        try:
            return plan(resources, await world.look())
        finally:
            await world.close()

    async def apply(self, resources: Resources, purge: Iterable[Id] = ()) -> Outcome:
        """Have it be so."""
        asked = Apply(
            who="test",
            what="apply",
            confirm=lambda _: True,
            observer=Silent(),
            now=lambda: 0.0,
            purge=frozenset(purge),
        )
        world = self._world(resources)
        try:
            return await converge(world, asked, rack=self.name, lock=self._folder / "lock")
        finally:
            await world.close()

    def open_target(self) -> Target:
        """The cluster alone."""
        address = {"kubeconfig": self._kubeconfig.read_text()}
        paths = Paths(self._folder)
        return open_target(self.target, address, rack=self.name, paths=paths, store=self.store)

    def _world(self, resources: Resources) -> World:
        names = {id.target for id in resources} | {self.target}
        names |= {id.target for id in self.elsewhere.things}
        kubeconfig = {"kubeconfig": Text.of(self._kubeconfig.read_text())}
        places = {
            name: Place(name=name, kind="kube", address=kubeconfig)
            if name == self.target
            else Place(name=name, kind="memory")
            for name in names
        }

        def open_place(place: Place, address: Mapping[str, str]) -> Target:
            if place.kind == "kube":
                return self.open_target()
            return self.elsewhere.open_place(place, address)

        return World(Wanted(resources=resources, places=places), self.store, open_place)
