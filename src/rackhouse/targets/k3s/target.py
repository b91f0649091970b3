"""A cluster as a target: whose each node's name is. Looking asks nobody: the store knows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from rackhouse.kit.errors import Missing
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.k3s import Member
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.k3s.servers import Servers
from rackhouse.targets.protocol import Say

_FOUND = "its name is free, or its own"


class Cluster:
    """The nodes of one cluster: a `Target`."""

    def __init__(self, name: str, *, rack: str, store: Store, servers: Servers) -> None:
        self._name = name
        self._rack = rack
        self._store = store
        self._servers = servers

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What has a stamp. Whether a node is up is its own machine's to say."""
        stamps = self._store.stamps(self._name)
        ours = (id for id, stamp in stamps.items() if stamp.rack == self._rack)
        return [self._seen(id) for id in sorted(ours if ids is None else stamps.keys() & set(ids))]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:  # noqa: ARG002
        """Free the name, where another machine had it."""
        spec: Member = resource.spec
        self._store.put_stamp(resource.id, stamp)
        if not await self._servers.knows_its_cluster(spec.node):
            await self._delete(spec.node, say)
        self._store.put_stamp(resource.id, stamp.finished(_FOUND))
        return self._seen(resource.id)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Drain the node and delete it, with its member of etcd. Absent is success."""
        await self._delete(seen.id.name, say)
        self._store.drop_stamp(seen.id)

    async def output(self, ref: Ref) -> Hidden:
        """It has none."""
        raise Missing(f"{ref.to} has no output {ref.output!r}")

    async def close(self) -> None:
        """Nothing is held open."""

    async def _delete(self, node: str, say: Say) -> None:
        for line in (await self._servers.delete(node)).splitlines():
            say(line)

    def _seen(self, id: Id) -> Seen:
        return Seen(id=id, stamp=self._store.stamp(id), found=_FOUND)
