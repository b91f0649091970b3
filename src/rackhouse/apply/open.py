"""`open_rack`: the one function that wires a rack together, and `OpenRack`, what it answers.

What only a plan or an apply needs is imported when one is made: `status` shall be instant.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import time
from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.codec import decode
from rackhouse.kit.errors import FileError, Missing, RackhouseError
from rackhouse.kit.files import make_folder, read_text
from rackhouse.kit.paths import Paths, state_root
from rackhouse.rack.load import load
from rackhouse.rack.words import SERVICES
from rackhouse.store.protocol import ReleaseStatus, Store
from rackhouse.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rackhouse.app.model import App
    from rackhouse.apply.converge import Confirm
    from rackhouse.apply.outcome import Observer, Outcome
    from rackhouse.apply.sides import Sorted
    from rackhouse.apply.targets import OpenPlace
    from rackhouse.apply.world import World
    from rackhouse.desired.clusters import LeftOut
    from rackhouse.desired.facts import Facts
    from rackhouse.desired.platform.pins import Pins
    from rackhouse.plan.step import Plan
    from rackhouse.rack.model import Rack
    from rackhouse.resources.core import Id
    from rackhouse.resources.place import Wanted
    from rackhouse.resources.seen import Observed

RACK_FILE = "rack-file"  # the setting that remembers it for commands run elsewhere
FROM_FILE = "applications-of-the-file"  # the setting that has their names, as of the last `up`
_DOCKER = Path("/var/run/docker.sock")


def always(_: Plan) -> bool:
    """Agrees to every plan: for what was asked for by name, such as `deploy`."""
    return True


@dataclass(frozen=True, kw_only=True)
class OpenRack:
    """A rack, with everything that commands and the console need to read and change it."""

    rack: Rack
    file: Path | None
    paths: Paths
    store: Store
    apps: Mapping[str, App]
    unheard: Mapping[str, str] = field(default_factory=dict)  # places that no plan may touch: why
    lies: Path | None = None  # where the file is to lie, when it was read elsewhere

    @cached_property
    def facts(self) -> Facts:
        """What `desired` is told about this machine and the vault."""
        from rackhouse.desired.facts import Facts
        from rackhouse.kit.binaries import find_tools
        from rackhouse.resources.tools import Tools

        return Facts(
            tools=Tools(**find_tools()),
            given=frozenset(id.name for id in self.store.chosen("vault", "given")),
            container_engine=_container_engine(),
            rack_file=str((self.lies or self.file).absolute()) if self.file else "",
        )

    @cached_property
    def pins(self) -> Pins:
        """The images of the platform, as the lock beside the rack file has them. FileError."""
        from rackhouse.apply.pins import read

        return read(self.file)

    @cached_property
    def open_place(self) -> OpenPlace:
        """Opens the real targets."""
        from rackhouse.apply.targets import opener

        return opener(self.rack.name, self.paths, self.store)

    def wanted(
        self, candidates: Mapping[str, App] | None = None, without: Collection[str] = ()
    ) -> Wanted:
        """All that is wanted here: the live applications, with `candidates` over them. On the
        clusters too, that those or the ones that it is `without` are on.
        """
        found = self._sorted(candidates, without)
        return self._wanted(found, found.touched({*(candidates or {}), *without}))

    def _sorted(
        self, candidates: Mapping[str, App] | None = None, without: Collection[str] = ()
    ) -> Sorted:
        from rackhouse.apply.sides import Sorted

        apps = {**self.apps, **(candidates or {})}
        chosen = [self._with_kept(apps[name]) for name in sorted(apps) if name not in without]
        return Sorted(self.rack, self.store, chosen, self.apps)

    def _wanted(self, found: Sorted, clusters: Collection[str]) -> Wanted:
        here = self._wanted_here(found, clusters)
        return found.there(clusters, self.facts.given, self.pins) | here if clusters else here

    def _wanted_here(self, found: Sorted, clusters: Collection[str]) -> Wanted:
        from rackhouse.desired import desired

        apps = found.here(clusters)
        return desired(self._with_leaving(apps), apps, self.facts)

    def _with_leaving(self, apps: Collection[App]) -> Rack:
        """The rack, with services that its file names no more and that still run: they leave by
        `up`, and are what they were until then.
        """
        from rackhouse.rack.model import Application

        known = {entry.name for entry in self.rack.applications}
        ours: list[str] = json.loads(self.store.setting(FROM_FILE) or "[]")
        leaving = {app.name for app in apps} & SERVICES & set(ours) - known
        more = (Application(name=name, service=name) for name in sorted(leaving))
        return replace(self.rack, applications=(*self.rack.applications, *more))

    def check_side(self, candidates: Mapping[str, App]) -> None:
        """Refused where one of these releases cannot be on the cluster that its application is."""
        from rackhouse.apply.sides import Sorted

        Sorted(self.rack, self.store, tuple(candidates.values()), self.apps).refuse_held_back()

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The applications that cannot be on the cluster that the rack file names for them yet."""
        return self._sorted().sides.left_out

    @property
    def going(self) -> Mapping[str, str]:
        """The cluster of each application that runs here and goes there by an apply of both sides.

        Its data stays here.
        """
        from rackhouse.apply.moved import moved

        gone = moved(self.store)
        news = {it: to for it, to in self._sorted().sides.away.items() if it not in gone}
        stamps = self.store.stamps("machine") if news else {}
        here = {stamp.owner for stamp in stamps.values()}
        return {name: to for name, to in news.items() if name in here}

    def wanted_on_clusters(self) -> Wanted:
        """All that is wanted on the clusters that have joined, and the secrets that are there."""
        from rackhouse.resources.place import Wanted

        found = self._sorted()
        if not found.joined:
            return Wanted(resources={}, places={})
        wanted = found.there(found.joined, self.facts.given, self.pins)
        with suppress(FileError):  # which a plan of this machine is for
            here = self._wanted_here(found, found.joined).resources
            chosen = self.store.stamps("vault").keys() & here.keys()
            wanted |= Wanted(resources={id: here[id] for id in chosen}, places={})
        return wanted

    def wanted_on_hosts(self) -> Wanted:
        """All that is wanted on the machines and switches that have joined, and that one has."""
        from rackhouse.apply.joined import authority, facts, joined, switches
        from rackhouse.apply.last_seen import places
        from rackhouse.desired.hosts import hosts
        from rackhouse.desired.network import switch

        lacking = {node.name for node in self.rack.nodes if not node.owned}
        machines = {name: at for name, at in joined(self.store).items() if name not in lacking}
        wanted = hosts(
            self.rack, machines, facts(self.store), places(self.store), authority(self.store)
        )
        return wanted | switch.switches(self.rack, switches(self.store), machines)

    def wanted_everywhere(
        self, candidates: Mapping[str, App] | None = None, without: Collection[str] = ()
    ) -> Wanted:
        """All that is wanted here, and on the machines, switches and clusters that have joined."""
        from rackhouse.apply.joined import joined, switches

        found = self._sorted(candidates, without)
        here, others = (
            self._wanted(found, found.joined),
            {**joined(self.store), **switches(self.store)},
        )
        return here | self.wanted_on_hosts() if others else here

    def _with_kept(self, app: App) -> App:
        """The application, with the releases that can be gone back to."""
        serving = {ReleaseStatus.LIVE, ReleaseStatus.OLD}
        own = app.release.number if app.release else 0
        rows = [r for r in self.store.releases(app.name) if r.status in serving and r.number != own]
        kept = (decode(row.app).release for row in rows)
        return replace(app, kept=tuple(release for release in kept if release is not None))

    async def plan(self, wanted: Wanted | None = None) -> Plan:
        """What an apply would do, with notes. Changes nothing."""
        from rackhouse.plan.planner import plan

        async with self.world(wanted or self.wanted()) as world:
            return plan(world.wanted.resources, await world.look())

    async def apply(
        self,
        what: str,
        *,
        wanted: Wanted | None = None,
        confirm: Confirm = always,
        observer: Observer | None = None,
        purge: Collection[Id] = (),
        adopt: Collection[Id] = (),
    ) -> Outcome:
        """Make the world what is wanted. `what` is for the journal: `deploy guestbook r8`."""
        from rackhouse.apply.converge import Apply, converge
        from rackhouse.apply.outcome import Silent

        wanted = wanted or self.wanted()
        order = Apply(
            who=getpass.getuser(),
            what=what,
            confirm=confirm,
            observer=observer or Silent(),
            now=time.time,
            purge=frozenset(purge),
            adopt=frozenset(adopt),
            settled=partial(self._settled, wanted),
            reached=partial(self._reached, wanted),
        )
        async with self.world(wanted) as world:
            return await converge(world, order, rack=self.rack.name, lock=self.paths.lock)

    def _reached(self, wanted: Wanted, observed: Observed, undone: Collection[str]) -> None:
        from rackhouse.apply.clusters import joined
        from rackhouse.apply.moved import note_reached
        from rackhouse.resources.clusters import place

        with suppress(RackhouseError):  # what is done is done
            if places := {place(name): name for name in joined(self.store)}:
                note_reached(self.store, places, wanted, observed, undone)

    def _settled(self, wanted: Wanted, observed: Observed) -> None:
        from rackhouse.apply.applied import remember_applied
        from rackhouse.apply.clusters import joined as clusters
        from rackhouse.apply.clusters import note_moved
        from rackhouse.apply.joined import joined, switches
        from rackhouse.apply.tidy import tidy
        from rackhouse.resources.clusters import place

        away = {place(name): name for name in clusters(self.store)}
        with suppress(RackhouseError):
            note_moved(self.store, wanted, [away[name] for name in wanted.places if name in away])
        if "machine" not in wanted.places:
            return
        with suppress(RackhouseError):  # the apply itself has succeeded
            remember_applied(self.store, self.rack)
        others = {*away, *(f"host.{node}" for node in joined(self.store))}
        others |= {f"switch.{name}" for name in switches(self.store)}
        whole = wanted.places.keys() >= others
        tidy(self.store, self.paths, observed, time.time(), whole=whole)

    def world(self, wanted: Wanted) -> AbstractAsyncContextManager[World]:
        """The places of `wanted`, closed at the end of the block."""
        from rackhouse.apply.world import World

        @asynccontextmanager
        async def opened() -> AsyncIterator[World]:
            world = World(wanted, self.store, self.open_place, self.unheard)
            try:
                yield world
            finally:
                await world.close()

        return opened()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


def open_rack(
    file: Path | None, *, root: Path | None = None, now: datetime, only_read: bool = False
) -> OpenRack:
    """Read the rack file, open the store, and load the applications that have not expired.

    `only_read`: where no rack ever was, answer an empty one and make nothing. Without `file`, the
    one that the state folder remembers; none at all is a rack of one. Raises FileError with every
    problem of the file, and HostError when the state folder cannot be used.
    """
    rack = read_rack(file)
    paths = Paths(root or state_root(rack.name))
    store = _memory() if only_read and not paths.store.exists() else _store(paths)
    remembered = store.setting(RACK_FILE)
    if file is None and remembered and Path(remembered).exists():
        file = Path(remembered)
        rack = read_rack(file)
    return OpenRack(
        rack=rack,
        file=file,
        paths=paths,
        store=store,
        apps=live_apps(store, now),
    )


def _store(paths: Paths) -> Store:
    make_folder(paths.root)
    return SqliteStore(paths.store)


def _memory() -> Store:
    from rackhouse.store.memory import MemoryStore

    return MemoryStore()


def root_of(file: Path | None) -> Path:
    """The state folder of that file's rack, where no other is named. Makes nothing; FileError."""
    return state_root(read_rack(file).name)


def live_apps(store: Store, now: datetime) -> dict[str, App]:
    """Every application's live release, but for those that have expired."""
    apps = {}
    for row in store.applications():
        for release in store.releases(row.name) if not row.removed else ():
            if release.status is ReleaseStatus.LIVE:
                app = decode(release.app)
                if not app.expired(now.date()):
                    apps[row.name] = app
    return apps


def read_rack(file: Path | None) -> Rack:
    """The rack of that file; of None, a rack of one machine. Missing, FileError."""
    if file is not None and not file.exists():
        raise Missing(f"there is no rack file {file}", fix="name one with --file, or leave it out")
    return load(read_text(file) or "" if file else "", str(file or "rack.yaml"))


def _container_engine() -> str:
    """The engine that this user can use: a client alone is none."""
    if shutil.which("docker") and (os.environ.get("DOCKER_HOST") or os.access(_DOCKER, os.W_OK)):
        return "docker"
    return "podman" if shutil.which("podman") else ""
