"""This machine as a target: which kind's module looks, makes and removes. Does nothing itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol, assert_never

from rackhouse.kit.errors import Missing
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.machine import (
    Door,
    File,
    Folder,
    Job,
    MachineSpec,
    Packages,
    Port,
    Process,
    Route,
    Source,
    Timer,
)
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.machine import (
    doors,
    folders,
    listeners,
    packages,
    ports,
    programs,
    rendered,
    routes,
    sources,
    units,
)
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.protocol import Say


class Kept(Protocol):
    """A kind whose stamps are rows in the store."""

    def look(self, stamps: Mapping[Id, Stamp]) -> Sequence[Seen]:
        """How each of these is now. All of them are answered: what is gone is not ready."""
        ...

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete it and forget it."""
        ...

    def output(self, id: Id, name: str) -> str:
        """The value. KeyError when there is none."""
        ...


class Machine:
    """Ports, folders, files, releases, processes and routes of one rack: a `Target`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._ports = ports.Ports(ground, lambda: listeners.ports_of_units(ground.paths))
        self._doors = doors.Doors(ground)
        self._folders = folders.Folders(ground)
        self._files = rendered.Files(ground)
        self._sources = sources.Sources(ground)
        self._packages = packages.Packages(ground)
        self._units = units.Units(ground)
        self._routes = routes.Routes(ground)
        self._kept: Mapping[str, Kept] = {
            "port": self._ports,
            "door": self._doors,
            "folder": self._folders,
            "file": self._files,
            "source": self._sources,
            "packages": self._packages,
            "route": self._routes,
        }

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What is there, sorted by id. What has our stamp and is gone is seen, and not ready."""
        stamps = self._ground.store.stamps(self._ground.target)
        if ids is None:
            ours = {id: s for id, s in stamps.items() if s.rack == self._ground.rack}
        else:
            ours = {id: stamps[id] for id in ids if id in stamps}
        seen = list(self._units.look(ids))
        for kind, keeper in self._kept.items():
            seen += keeper.look({id: s for id, s in ours.items() if id.kind == kind})
        return sorted(seen, key=lambda one: one.id)

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Make it so, by the module of its kind."""
        spec: MachineSpec = resource.spec
        match spec:
            case Port():
                seen = await self._ports.ensure(resource, stamp)
            case Door():
                seen = self._doors.ensure(resource, stamp, values)
            case Folder():
                seen = self._folders.ensure(resource, stamp)
            case File():
                seen = self._files.ensure(resource, stamp, values)
            case Source():
                seen = await self._sources.ensure(resource, stamp, values, say)
            case Packages():
                seen = await self._packages.ensure(resource, stamp, say)
            case Process() | Job() | Timer():
                seen = await self._units.ensure(resource, stamp, values, say)
            case Route():
                seen = await self._routes.ensure(resource, stamp, values, say)
            case _:
                assert_never(spec)
        return seen

    async def remove(self, seen: Seen, say: Say) -> None:
        """Drain, stop, delete, by the module of its kind."""
        if seen.id.kind in programs.KINDS:
            await self._units.remove(seen, say)
        else:
            await self._kept[seen.id.kind].remove(seen, say)

    async def output(self, ref: Ref) -> Hidden:
        """A port's number, a folder's path. Missing when there is none."""
        try:
            return Hidden(self._kept[ref.to.kind].output(ref.to, ref.output))
        except (KeyError, ValueError):
            raise Missing(
                f"{ref.to} has no value {ref.output!r}", fix="run `rackhouse apply`"
            ) from None

    async def close(self) -> None:
        """Nothing to let go of: processes are the supervisor's, the store is its opener's."""
