"""Ports: chosen free once, remembered, and left when a stranger took one meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from errno import EACCES, EADDRNOTAVAIL, EPERM
from itertools import chain

from rackhouse.kit.errors import HostError
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.machine import Port
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.machine.listeners import is_free, who_listens
from rackhouse.targets.protocol import Say

# Below the range from which Linux takes the ports of outgoing connections (32768), above the
# services that people know by number.
_FIRST, _LAST = 20_000, 32_000
_PATIENCE = 3.0  # seconds: a killed server's port needs a moment to become free
_PAUSE = 0.2
_UNSEEN = "a process that this account may not see"


class Ports:
    """`machine/port/<name>`. `held` answers the ports that this rack's own units listen on."""

    def __init__(self, ground: Ground, held: Callable[[], Collection[int]]) -> None:
        self._ground = ground
        self._held = held

    def look(self, stamps: Mapping[Id, Stamp]) -> Sequence[Seen]:
        """Not ready: a stranger listens on it. Our own units are found only if some are busy."""
        known = {id: self._ground.remembered(id) for id in stamps}
        busy = {port for kept in known.values() for port in _range(kept) if not _free(kept, port)}
        strange = busy - set(self._held()) if busy else busy
        return [self._seen(id, stamps[id], known[id], strange) for id in stamps]

    async def ensure(self, resource: Resource[Port], stamp: Stamp) -> Seen:
        """Keep the remembered number while it can be had; choose one otherwise."""
        id, spec = resource.id, resource.spec
        self._ground.begin(resource, stamp)
        kept = self._ground.remembered(id)
        if spec.fixed:
            await self._demand(id, spec)
            number = spec.fixed
        elif kept and await self._usable(id, int(kept["number"]), spec):
            number = int(kept["number"])
        else:
            number = self._choose(id, spec)
        values = {"number": str(number), "count": str(spec.count), "bind": spec.bind}
        if kept != values:
            self._ground.store.replace(id, values)
        done = self._ground.finish(id, stamp, _found(values))
        return self._seen(id, done, values, ())

    async def remove(self, seen: Seen, say: Say) -> None:  # noqa: ARG002 (there is nothing to say)
        """The number may be given to others."""
        self._ground.drop(seen.id)

    def output(self, id: Id, name: str) -> str:
        """`number`, or `number+3` for a neighbour. KeyError when it has none such."""
        kept = self._ground.remembered(id)
        base, _, offset = name.partition("+")
        if offset and not 0 < int(offset) < int(kept["count"]):
            raise KeyError(name)
        return str(int(kept[base]) + int(offset or 0))

    def _seen(
        self, id: Id, stamp: Stamp, kept: Mapping[str, str], strange: Collection[int]
    ) -> Seen:
        taken = next((port for port in _range(kept) if port in strange), None)
        why = f"{who_listens(taken) or _UNSEEN} listens on port {taken}" if taken else ""
        found = _found(kept)
        return Seen(id=id, stamp=stamp, found=found, version=found, ready=not why, why=why)

    def _choose(self, id: Id, spec: Port) -> int:
        promised = self._promised(id)
        for number in self._candidates(spec.count):
            block = range(number, number + spec.count)
            if promised.isdisjoint(block) and all(_try(spec.bind, port) for port in block):
                return number
        raise HostError(
            f"no {spec.count} neighbouring ports between {_FIRST} and {_LAST} are free",
            where=spec.bind,
            fix="stop what holds them: `ss -ltnp` shows it",
        )

    def _candidates(self, count: int) -> Iterator[int]:
        """Each rack begins elsewhere, so that two that are not up at once seldom meet."""
        digest = hashlib.sha256(str(self._ground.paths.root).encode()).digest()
        start = _FIRST + int.from_bytes(digest[:4], "big") % max(1, _LAST - _FIRST - count)
        yield from chain(range(start, _LAST - count), range(_FIRST, start))

    async def _demand(self, id: Id, spec: Port) -> None:
        """HostError when the number that the rack file demands cannot be had."""
        block = range(spec.fixed, spec.fixed + spec.count)
        fix = "stop that, or choose another port in the rack file"
        for other, kept in self._others(id).items():
            if shared := set(_range(kept)) & set(block):
                raise HostError(f"port {min(shared)} is already that of {other}", fix=fix)
        if taken := await self._taken_from_us(spec.bind, block):
            who = who_listens(taken) or _UNSEEN
            raise HostError(f"{who} listens on port {taken}", where=str(id), fix=fix)

    async def _usable(self, id: Id, number: int, spec: Port) -> bool:
        block = range(number, number + spec.count)
        free_of_ours = self._promised(id).isdisjoint(block)
        return free_of_ours and not await self._taken_from_us(spec.bind, block)

    async def _taken_from_us(self, bind: str, block: range) -> int:
        """The first port that a stranger listens on; 0 when there is none.

        When nobody can be seen there, it waits: what was killed just now lets go a little later.
        """
        patience = _PATIENCE
        while True:
            busy = [port for port in block if not _try(bind, port)]
            strange = sorted(set(busy) - set(self._held())) if busy else []
            if not strange or patience <= 0 or any(map(who_listens, strange)):
                return strange[0] if strange else 0
            await asyncio.sleep(_PAUSE)
            patience -= _PAUSE

    def _others(self, id: Id) -> Mapping[Id, Mapping[str, str]]:
        chosen = self._ground.store.chosen(self._ground.target, "port")
        return {other: self._ground.remembered(other) for other in chosen if other != id}

    def _promised(self, id: Id) -> set[int]:
        return {port for kept in self._others(id).values() for port in _range(kept)}


def _range(kept: Mapping[str, str]) -> range:
    if not kept:
        return range(0)
    return range(int(kept["number"]), int(kept["number"]) + int(kept["count"]))


def _found(kept: Mapping[str, str]) -> str:
    return f"{kept['bind']}:{kept['number']}+{kept['count']}" if kept else ""


def _free(kept: Mapping[str, str], port: int) -> bool:
    try:
        return is_free(kept["bind"], port)
    except OSError:  # an address that is away just now, a cable pulled: `ensure` says so
        return True


def _try(bind: str, port: int) -> bool:
    try:
        return is_free(bind, port)
    except OSError as error:
        raise _cannot(error, bind, port) from error


def _cannot(error: OSError, bind: str, port: int) -> HostError:
    if error.errno in {EACCES, EPERM}:
        return HostError(
            f"this account may not listen on port {port}",
            fix="choose one from 1024 up, or lower net.ipv4.ip_unprivileged_port_start (sysctl)",
        )
    if error.errno == EADDRNOTAVAIL:
        return HostError(
            f"this machine has no address {bind}", fix="`ip address` shows those that it has"
        )
    what = (error.strerror or str(error)).lower()
    return HostError(f"cannot listen on {bind} port {port}: {what}", fix="choose another address")
