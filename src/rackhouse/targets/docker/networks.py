"""Networks of one engine: bridges that containers find each other on by name."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from rackhouse.kit.errors import HostError
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.docker import Network
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.docker import names
from rackhouse.targets.docker.engine import NOT_FOUND
from rackhouse.targets.docker.ground import Found, Ground
from rackhouse.targets.protocol import Say


class Networks:
    """`docker.<node>/network/<name>`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._engine = ground.engine

    async def look(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """Those with our label, or (of `ids`) whatever is called so."""
        found = await self._engine.ask(
            "GET", "/networks", query={"filters": self._ground.ours if ids is None else {}}
        )
        there = {self._ground.id("network", one["Name"]): one for one in found}
        wanted = there.keys() if ids is None else there.keys() & set(ids)
        return [self._seen(id, there[id]) for id in sorted(wanted)]

    async def ensure(self, resource: Resource[Network], stamp: Stamp, _: Values, say: Say) -> Seen:
        """Make it, or make it anew when it is another than wanted and nobody is on it."""
        id, spec = resource.id, resource.spec
        there = await self._find(id)
        if there is not None:
            self._ground.refuse_strangers(id, there["Labels"])
            if not _fits(there, spec):
                await self._delete(there)
                there = None
        self._ground.begin(id, stamp)
        if there is None:
            say(f"making the network {names.on_engine(id.name)}")
            await self._engine.ask("POST", "/networks/create", body=_body(id, spec, stamp))
            there = await self._find(id)
        if there is None:
            raise HostError(f"{id} was removed while it was being made", fix="run it again")
        self._ground.finish(id, stamp, self._found(there))
        return self._seen(id, there)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Refused while a container is on it."""
        there = await self._find(seen.id)
        stamp = there and self._ground.stamp(seen.id, there["Labels"])
        if there is not None and stamp and stamp.rack == self._ground.rack:
            say(f"removing the network {there['Name']}")
            await self._delete(there)
        self._ground.forget(seen.id)

    async def _find(self, id: Id) -> Found | None:
        name = names.on_engine(id.name)
        found = await self._engine.ask("GET", "/networks", query={"filters": {"name": [name]}})
        return next((one for one in found if one["Name"] == name), None)

    async def _delete(self, there: Found) -> None:
        await self._engine.ask("DELETE", f"/networks/{there['Id']}", fine=(NOT_FOUND,))

    def _seen(self, id: Id, there: Found) -> Seen:
        stamp = self._ground.stamp(id, there["Labels"])
        return Seen(id=id, stamp=stamp, found=self._found(there))

    def _found(self, there: Found) -> str:
        told = [there["Driver"], there["Internal"], there["IPAM"]["Config"]]
        return self._ground.fingerprint(json.dumps(told, sort_keys=True))


def _fits(there: Found, spec: Network) -> bool:
    subnets = [one.get("Subnet") for one in there["IPAM"]["Config"] or ()]
    same = there["Driver"] == "bridge" and there["Internal"] == spec.internal
    return same and (not spec.subnet or subnets == [spec.subnet])


def _body(id: Id, spec: Network, stamp: Stamp) -> dict[str, Any]:
    return {
        "Name": names.on_engine(id.name),
        "CheckDuplicate": True,  # else an old engine makes a second one of that name
        "Driver": "bridge",
        "Internal": spec.internal,
        "IPAM": {"Config": [{"Subnet": spec.subnet}] if spec.subnet else []},
        "Labels": names.labels(stamp),
    }
