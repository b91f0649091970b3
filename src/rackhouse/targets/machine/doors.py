"""Doors: one of the ingress's spare entry points for a route, claimed once and remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rackhouse.kit.errors import HostError
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.machine import Door, entry_name
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.protocol import Say


class Doors:
    """`machine/door/<route>`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def look(self, stamps: Mapping[Id, Stamp]) -> Sequence[Seen]:
        """Which entry point each has."""
        return [self._seen(id, stamp, self._ground.remembered(id)) for id, stamp in stamps.items()]

    def ensure(self, resource: Resource[Door], stamp: Stamp, values: Values) -> Seen:
        """Keep the entry point it has; claim the first free one otherwise."""
        id, spec = resource.id, resource.spec
        self._ground.begin(resource, stamp)
        kept = self._ground.remembered(id)
        index = self._index(id, spec, kept.get("entry", ""))
        number = int(spec.first.fill(values)) + index
        chosen = {"entry": entry_name(spec.exposure, index), "number": str(number)}
        if kept != chosen:
            self._ground.store.replace(id, chosen)
        done = self._ground.finish(id, stamp, _found(chosen))
        return self._seen(id, done, chosen)

    async def remove(self, seen: Seen, say: Say) -> None:  # noqa: ARG002 (there is nothing to say)
        """The entry point may be given to others."""
        self._ground.drop(seen.id)

    def output(self, id: Id, name: str) -> str:
        """`number` or `entry`. KeyError when it has none."""
        return self._ground.remembered(id)[name]

    def _index(self, id: Id, spec: Door, kept: str) -> int:
        pool = {entry_name(spec.exposure, index): index for index in range(spec.size)}
        if kept in pool:
            return pool[kept]
        chosen = self._ground.store.chosen(self._ground.target, "door")
        taken = {self._ground.remembered(other).get("entry") for other in chosen if other != id}
        free = next((index for entry, index in pool.items() if entry not in taken), None)
        if free is None:
            raise HostError(
                f"all {spec.size} doors of the ingress are taken",
                where=str(id),
                fix="remove an application that you no longer need",
            )
        return free

    def _seen(self, id: Id, stamp: Stamp, kept: Mapping[str, str]) -> Seen:
        found = _found(kept)
        why = "" if found else "it was not claimed yet"
        return Seen(id=id, stamp=stamp, found=found, version=found, ready=not why, why=why)


def _found(kept: Mapping[str, str]) -> str:
    return f"{kept['entry']}={kept['number']}" if kept else ""
