"""Valkey as a target: a user for each application that asks for one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from rackhouse.kit.errors import HostError, Missing, NotOurs
from rackhouse.resources.cache import User, pattern
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.cache.rules import rules
from rackhouse.targets.cache.server import Server
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.protocol import Say


class Cache:
    """Users of one server: a `Target`."""

    def __init__(self, name: str, *, rack: str, server: Server, store: Store) -> None:
        self._name = name
        self._rack = rack
        self._server = server
        self._store = store
        self._fingerprint = Fingerprint(store)

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """Users with a stamp in the store; of `ids`, also those that exist without."""
        stamps = self._store.stamps(self._name)
        if ids is None:
            ids = [id for id, stamp in stamps.items() if stamp.rack == self._rack]
        names = set(await self._server.ask("ACL", "USERS"))
        return [
            await self._seen(id, names) for id in sorted(ids) if id in stamps or id.name in names
        ]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Give the user its rules and its password, all at once, and have them kept on disk."""
        id, spec = resource.id, resource.spec
        await self._refuse_strangers(id, spec, stamp)
        self._store.put_stamp(id, stamp)
        self._store.replace(id, {"prefix": spec.prefix})
        say(f"user {spec.name}: what begins with {spec.prefix}")
        await self._server.ask(
            "ACL", "SETUSER", spec.name, *rules(spec.prefix, spec.password.fill(values))
        )
        await self._server.ask("ACL", "SAVE")
        found = await self._found(spec.name)
        self._store.put_stamp(id, stamp.finished(found))
        return await self._seen(id, {spec.name})

    async def remove(self, seen: Seen, say: Say) -> None:
        """Remove the user, then its keys, then the stamp."""
        if self._store.stamp(seen.id) is None:
            return
        await self._server.ask("ACL", "DELUSER", seen.id.name)
        await self._server.ask("ACL", "SAVE")
        if kept := self._store.values(seen.id):
            count = await self._server.delete_keys(pattern(kept["prefix"].reveal()))
            say(f"deleted {count} keys of {seen.id.name}")
        self._store.forget(seen.id)
        self._store.drop_stamp(seen.id)

    async def output(self, ref: Ref) -> Hidden:
        """A user has none: its name is computed, its password is the vault's."""
        raise Missing(f"{ref.to} has no output {ref.output!r}")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    async def _refuse_strangers(self, id: Id, spec: User, stamp: Stamp) -> None:
        known = self._store.stamp(id)
        fix = "give yours another name, or remove what is there with ACL DELUSER"
        if known is not None and known.rack != stamp.rack:
            raise NotOurs(f"the user {spec.name!r} belongs to the rack {known.rack!r}", fix=fix)
        if known is None and await self._server.ask("ACL", "GETUSER", spec.name):
            raise NotOurs(f"a user {spec.name!r} exists, and this rack did not make it", fix=fix)

    async def _seen(self, id: Id, names: Collection[str]) -> Seen:
        there = id.name in names
        return Seen(
            id=id,
            stamp=self._store.stamp(id),
            found=await self._found(id.name) if there else "",
            ready=there,
            why="" if there else "the user is gone",
        )

    async def _found(self, name: str) -> str:
        """Of all that the server says of the user, digests of its passwords too."""
        told = await self._server.ask("ACL", "GETUSER", name)
        if told is None:
            raise HostError(f"the user {name} was removed while it was being made", fix="run again")
        return self._fingerprint(repr(told))
