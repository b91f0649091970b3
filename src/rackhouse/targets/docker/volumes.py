"""Volumes of one engine: data, kept until it is purged."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.docker import Volume
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.docker import names
from rackhouse.targets.docker.engine import NOT_FOUND
from rackhouse.targets.docker.ground import Found, Ground
from rackhouse.targets.protocol import Say


class Volumes:
    """`docker.<node>/volume/<name>`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._engine = ground.engine

    async def look(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """Those with our label, or (of `ids`) whatever is called so."""
        told = await self._engine.ask(
            "GET", "/volumes", query={"filters": self._ground.ours if ids is None else {}}
        )
        there = {self._ground.id("volume", one["Name"]): one for one in told["Volumes"] or ()}
        wanted = there.keys() if ids is None else there.keys() & set(ids)
        return [self._seen(id, there[id]) for id in sorted(wanted)]

    async def ensure(self, resource: Resource[Volume], stamp: Stamp, _: Values, say: Say) -> Seen:
        """Make it if it is not there. What is there is never made anew: it holds data."""
        id, spec = resource.id, resource.spec
        there = await self._find(id)
        if there is not None:
            self._ground.refuse_strangers(id, there["Labels"])
            if there["Driver"] != spec.driver:
                raise Refused(
                    f"{id} is there, on the driver {there['Driver']!r}, and may hold data",
                    fix="give the new one another name",
                )
        self._ground.begin(id, stamp)
        if there is None:
            name = names.on_engine(id.name)
            say(f"making the volume {name}")
            body = {"Name": name, "Driver": spec.driver, "Labels": names.labels(stamp)}
            there = await self._engine.ask("POST", "/volumes/create", body=body)
            self._ground.refuse_strangers(id, there["Labels"])  # it answers what is there already
        self._ground.finish(id, stamp, self._found(there))
        return self._seen(id, there)

    async def remove(self, seen: Seen, say: Say) -> None:
        """With all that it holds: only a purge comes here."""
        there = await self._find(seen.id)
        stamp = there and self._ground.stamp(seen.id, there["Labels"])
        if there is not None and stamp and stamp.rack == self._ground.rack:
            say(f"deleting the volume {there['Name']} with its data")
            await self._engine.ask("DELETE", f"/volumes/{there['Name']}", fine=(NOT_FOUND,))
        self._ground.forget(seen.id)

    async def _find(self, id: Id) -> Found | None:
        path = f"/volumes/{names.on_engine(id.name)}"
        found: Found | None = await self._engine.ask("GET", path, fine=(NOT_FOUND,))
        return found

    def _seen(self, id: Id, there: Found) -> Seen:
        return Seen(id=id, stamp=self._ground.stamp(id, there["Labels"]), found=self._found(there))

    def _found(self, there: Found) -> str:
        told = [there["Driver"], there.get("Options")]
        return self._ground.fingerprint(json.dumps(told, sort_keys=True))
