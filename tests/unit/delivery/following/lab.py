"""A rack whose file lies on the fake of its cluster's Gitea, and whoever follows it.

The vault and the store are the real ones; the machine and the cluster are remembered and not made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from fakes.gitea.gitea import Fake
from fakes.gitea.opened import opened
from rackhouse.apply.clusters import join
from rackhouse.apply.open import RACK_FILE, OpenRack, live_apps
from rackhouse.apply.targets import OpenPlace, opener
from rackhouse.delivery.following import Desk, Follower
from rackhouse.delivery.following.whole import Reach
from rackhouse.desired.facts import Facts
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden
from rackhouse.resources.place import Place
from rackhouse.store.sqlite import SqliteStore
from rackhouse.targets import vault
from rackhouse.targets.memory import MemoryWorld
from unit.desired.scenario import TOOLS

RACK = """\
rack: home
domain: home.arpa
nodes: {pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.0.0.1}}
clusters: {home: {nodes: [pi-1]}}
data: {postgres: none, cache: none, objects: none}
"""
MORE = RACK.replace("objects: none", "objects: {storage: 10Gi}")
WRONG = RACK.replace("disk: nvme", "disk: none-such")


@dataclass(frozen=True, kw_only=True)
class House(OpenRack):
    """`open_rack`'s answer, on the lab's world."""

    lab: Lab

    @cached_property
    def facts(self) -> Facts:
        told = str((self.lies or self.file or Path()).absolute())
        return Facts(tools=TOOLS, given=vault.given(self.store), rack_file=told)

    @cached_property
    def open_place(self) -> OpenPlace:
        def open_place(place: Place, address: Mapping[str, str]) -> Any:
            if place.kind == "vault":
                return vault.open_target(
                    place.name, {}, rack=self.rack.name, paths=self.paths, store=self.store
                )
            self.lab.called.append((place.name, dict(address)))
            if place.kind == "kube" and self.lab.kubeconfig:
                return opener(self.rack.name, self.paths, self.store)(place, address)
            if place.kind == "gitea":
                self.lab.fake.password = address["password"]
                return opened(self.lab.fake, self.store, place.name, address["password"])
            return self.lab.things.open_place(place, address)

        return open_place


async def _reach(house: OpenRack, acts: bool) -> OpenRack:
    return house


@dataclass
class Lab:
    """`said` is what the follower told; `called`, which places were opened at which addresses.
    With a `kubeconfig`, the cluster is asked in place of remembered.
    """

    folder: Path
    fake: Fake = field(default_factory=lambda: Fake(user="rackhouse"))
    things: MemoryWorld = field(default_factory=MemoryWorld)
    now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)
    said: list[str] = field(default_factory=list)
    called: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    kubeconfig: str = ""
    reach: Reach = _reach

    @property
    def paths(self) -> Paths:
        return Paths(self.folder / "state")

    def open(
        self,
        file: Path | None,
        *,
        root: Path,
        now: datetime,
        only_read: bool = False,
    ) -> House:
        root.mkdir(parents=True, exist_ok=True)
        store = SqliteStore(self.paths.store)
        said = file or Path(store.setting(RACK_FILE) or self.folder / "rack.yaml")
        return House(
            rack=load(said.read_text(), str(said)),
            file=said,
            paths=self.paths,
            store=store,
            apps=live_apps(store, now),
            lab=self,
        )

    async def begin(self, rack: str = RACK) -> None:
        """The cluster has joined, and everything that the file wants is there."""
        (self.folder / "rack.yaml").write_text(rack)
        house = self.open(None, root=self.paths.root, now=self.now)
        way_in = house.open_place(Place(name="clusters", kind="vault"), {})
        await join(house.store, way_in, "home", "home", Hidden(self.kubeconfig or "a way in"))
        (await house.apply("apply", wanted=house.wanted_everywhere())).raise_for_failure()
        house.close()
        self.fake.asked.clear()

    async def look(self, *, agree: bool = False, later: float = 0.0) -> None:
        """The follower looks, `later` seconds after the last time."""
        self.now += timedelta(seconds=later)
        desk = Desk(paths=self.paths, now=lambda: self.now, reach=self.reach, opener=self.open)
        await Follower(desk=desk, say=self.said.append, agree=agree).look()

    async def undone(self) -> list[str]:
        """What a plan of all of it has left."""
        house = self.open(None, root=self.paths.root, now=self.now)
        try:
            return [str(step) for step in (await house.plan(house.wanted_everywhere())).steps]
        finally:
            house.close()

    def applies(self) -> list[str]:
        """What the journal has of commits, the newest first."""
        store = SqliteStore(self.paths.store)
        found = [row.what for row in store.journal(50) if row.what.startswith("push rack")]
        store.close()
        return found
