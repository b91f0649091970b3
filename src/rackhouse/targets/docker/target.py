"""One container engine as a target: which kind's module looks, makes and removes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any, Protocol

from rackhouse.kit.errors import Missing
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.docker import logs, names
from rackhouse.targets.docker.containers import Containers
from rackhouse.targets.docker.ground import Ground
from rackhouse.targets.docker.images import Images
from rackhouse.targets.docker.networks import Networks
from rackhouse.targets.docker.volumes import Volumes
from rackhouse.targets.protocol import Say


class Kind(Protocol):
    """One kind of thing on an engine."""

    async def look(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """As `Target.observe`, of this kind alone."""
        ...

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """As `Target.ensure`."""
        ...

    async def remove(self, seen: Seen, say: Say) -> None:
        """As `Target.remove`."""
        ...


class Docker:
    """Images, networks, volumes and containers of one engine: a `Target`."""

    def __init__(self, ground: Ground, *, leaving: bool = False) -> None:
        """`leaving`: nothing is wanted there, and an engine that is gone is no more to be seen."""
        self._ground, self._leaving = ground, leaving
        self._images = Images(ground)
        self._kinds: Mapping[str, Kind] = {
            "image": self._images,
            "network": Networks(ground),
            "volume": Volumes(ground),
            "container": Containers(ground),
        }

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What this rack made, or (of `ids`) whatever is called so; sorted by id."""
        if self._leaving and not await self._ground.engine.line.has_engine():
            return ()
        looks = []
        for kind, keeper in self._kinds.items():
            wanted = None if ids is None else {id for id in ids if id.kind == kind}
            if wanted is None or wanted:
                looks.append(keeper.look(wanted))
        return sorted((one for seen in await asyncio.gather(*looks) for one in seen), key=_by_id)

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Make it so, by the module of its kind."""
        names.check(resource.id.name)
        return await self._kinds[resource.id.kind].ensure(resource, stamp, values, say)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Stop, delete, by the module of its kind."""
        await self._kinds[seen.id.kind].remove(seen, say)

    async def output(self, ref: Ref) -> Hidden:
        """An image's `id`; nothing else has any."""
        try:
            if ref.to.kind != "image":
                raise KeyError(ref.output)
            return Hidden(await self._images.output(ref.to, ref.output))
        except KeyError:
            raise Missing(
                f"{ref.to} has no value {ref.output!r}", fix="run `rackhouse apply`"
            ) from None

    def logs(self, container: Id, *, last: int = 100, follow: bool = False) -> AsyncIterator[str]:
        """The `last` lines that it wrote, and with `follow` those that come."""
        name = names.on_engine(container.name)
        return logs.logs(self._ground.engine, name, last=last, follow=follow)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._ground.engine.close()


def _by_id(seen: Seen) -> Id:
    return seen.id
