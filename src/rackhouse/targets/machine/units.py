"""Processes, jobs and timers: unit files for the supervisor, and waiting for what it makes of them.

The stamp is inside the unit file. Starts and stops nothing itself: the supervisor does, now and
after every reboot.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rackhouse.kit.errors import NotOurs, NotReady, Refused, StepFailed
from rackhouse.kit.files import host_error, make_folder, read_text, write_atomic
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.supervisor import client, record
from rackhouse.supervisor.unit import Kind, Phase, State, Unit
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.machine.listeners import beyond_loopback
from rackhouse.targets.machine.output import last_lines
from rackhouse.targets.machine.programs import KINDS, Runnable, unit_of
from rackhouse.targets.protocol import Say

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,150}")
_NAMES = {kind: name for name, kind in KINDS.items()}
# A timer whose last run failed is armed all the same; that it failed is for `status` to say.
_FINE = {
    Kind.SERVICE: frozenset({Phase.READY}),
    Kind.JOB: frozenset({Phase.DONE}),
    Kind.TIMER: frozenset({Phase.READY, Phase.FAILED}),
}
_BROKEN = frozenset({Phase.FAILED, Phase.CRASHED})
_HERE = "127.0.0.1"
_SLACK = 15.0  # seconds, on top of what the unit itself may take


class Units:
    """`machine/process/<name>`, `machine/job/<name>`, `machine/timer/<name>`: one name space."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._paths = ground.paths
        self._starting = asyncio.Lock()

    def look(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """Each unit file with what the supervisor says of it. None: those with our stamp."""
        up = client.running(self._paths) is not None
        return [self._seen(id, unit, up=up) for id, unit in self._found(ids)]

    async def ensure(
        self, resource: Resource[Runnable], stamp: Stamp, values: Values, say: Say
    ) -> Seen:
        """Write the unit file and wait until the supervisor has it ready, or done."""
        self._refuse_a_stranger(resource.id)
        unit = unit_of(resource, stamp, values, self._paths.root, self._ground.fingerprint)
        self._write(unit)
        await self._start_supervisor()
        await self._settle(unit, say)
        _refuse_the_network(unit)
        done = replace(unit, stamp=stamp.finished(self._fingerprint(unit)).to_json())
        self._write(done)
        return self._seen(resource.id, done, up=True)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete the unit file and return when its process has drained and ended."""
        name = seen.id.name
        unit = self._read(seen.id)
        if unit is not None:
            say(f"stopping {name}")
            path = self._path(seen.id)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise host_error(error, path) from error
        if client.running(self._paths) is None and self._survives(name):
            await self._start_supervisor()
        if client.running(self._paths) is None:
            client.forget(self._paths, name)
            return
        client.poke(self._paths)
        patience = unit.drain + unit.grace if unit else 0.0
        await client.wait_until_gone(self._paths, name, patience + _SLACK)

    async def _start_supervisor(self) -> None:
        """One at a time: else each starts one of its own, and all but one lose the race."""
        async with self._starting:
            await asyncio.to_thread(client.start, self._paths)

    async def _settle(self, unit: Unit, say: Say) -> None:
        state = client.read_state(self._paths, unit.name)
        if state and state.digest == unit.digest and state.phase in _BROKEN - _FINE[unit.kind]:
            client.forget(self._paths, unit.name)  # it was given up; this is another try
        else:
            client.poke(self._paths)
        patience = {
            Kind.SERVICE: unit.start_timeout + unit.grace,
            Kind.JOB: unit.timeout,
            Kind.TIMER: 0.0,
        }[unit.kind]
        fine = _FINE[unit.kind]
        try:
            await client.wait_for(self._paths, unit.name, unit.digest, fine, patience + _SLACK, say)
        except (NotReady, StepFailed) as error:
            log = self._paths.logs / f"{unit.name}.log"
            what = "\n".join([error.what, *last_lines(log)])
            raise type(error)(what, where=str(log), fix=error.fix) from error

    def _survives(self, name: str) -> bool:
        """Whether its process still lives though the supervisor that started it was killed."""
        run = record.read(record.path_of(self._paths.states, name))
        return run is not None and run.alive is not None

    def _found(self, ids: Collection[Id] | None) -> Iterator[tuple[Id, Unit]]:
        if ids is not None:
            for id in sorted(ids):
                if id.kind in KINDS and (unit := self._read(id)) and KINDS[id.kind] is unit.kind:
                    yield id, unit
            return
        for path in sorted(self._paths.units.glob("[!.]*.json")):
            unit = _parse(path)
            if unit is not None and (stamp := _stamp(unit)) and stamp.rack == self._ground.rack:
                yield Id(self._ground.target, _NAMES[unit.kind], path.stem), unit

    def _seen(self, id: Id, unit: Unit, *, up: bool) -> Seen:
        why = _why(unit, client.read_state(self._paths, unit.name), up=up)
        return Seen(
            id=id,
            stamp=_stamp(unit),
            found=self._fingerprint(unit),
            version=unit.digest,
            ready=not why,
            why=why,
        )

    def _refuse_a_stranger(self, id: Id) -> None:
        path = self._path(id)
        if not path.exists():
            return
        unit = _parse(path)
        stamp = _stamp(unit) if unit else None
        if unit is None or stamp is None:
            raise NotOurs(
                "a unit file is there that this rack did not write, or that was broken by hand",
                where=str(path),
                fix="look at it, then remove it",
            )
        self._ground.own(id, stamp)
        if unit.kind is not KINDS[id.kind]:
            raise Refused(
                f"{id} would have the name of {_NAMES[unit.kind]} {unit.name}",
                where=str(path),
                fix="rename one of the two: processes, jobs and timers share their names",
            )

    def _fingerprint(self, unit: Unit) -> str:
        return self._ground.fingerprint(replace(unit, stamp="").to_json())

    def _write(self, unit: Unit) -> None:
        make_folder(self._paths.units)
        write_atomic(self._paths.units / f"{unit.name}.json", unit.to_json())

    def _read(self, id: Id) -> Unit | None:
        return _parse(self._path(id))

    def _path(self, id: Id) -> Path:
        if not _NAME.fullmatch(id.name):
            raise Refused(
                f"{id.name!r} cannot name a unit",
                fix="use small letters, digits, dots and dashes",
            )
        return self._paths.units / f"{id.name}.json"


def _why(unit: Unit, state: State | None, *, up: bool) -> str:
    """Why it is not ready; empty when it is."""
    if state is not None and state.digest == unit.digest:
        settled = state.phase is Phase.DONE
        if (up or settled) and state.phase in _FINE[unit.kind]:
            return ""
        if up:
            return f"{state.phase}: {state.why}" if state.why else str(state.phase)
    return "the supervisor has not taken it up yet" if up else "the supervisor is not running"


def _refuse_the_network(unit: Unit) -> None:
    """Told to listen on the loopback, it does: else whoever is on the network gets past the ingress
    and its sign-in. Its file may say another HOST, on purpose.
    """
    port = unit.env.get("PORT", "")
    if unit.kind is not Kind.SERVICE or unit.env.get("HOST") != _HERE or not port.isdecimal():
        return
    if where := beyond_loopback(int(port)):
        raise StepFailed(
            f"{unit.name} listens on {where}, so that the network reaches it past the ingress",
            fix="have it listen on $HOST, which is 127.0.0.1: `--bind $HOST`, `listen(PORT, HOST)`."
            " Or, on purpose, set HOST to 0.0.0.0 under `variables` in its score.yaml",
        )


def _parse(path: Path) -> Unit | None:
    """The unit in the file; None when there is none, or it was broken by hand."""
    text = read_text(path)
    try:
        unit = Unit.from_json(text) if text is not None else None
    except ValueError:
        return None
    return unit if unit is not None and unit.name == path.stem else None


def _stamp(unit: Unit) -> Stamp | None:
    try:
        return Stamp.from_json(unit.stamp)
    except ValueError:
        return None
