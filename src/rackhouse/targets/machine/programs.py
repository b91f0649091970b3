"""Specs of processes, jobs and timers as unit files. Pure: fills Texts and chooses nothing.

`digest` covers what a running process has taken in, so that another one means a restart: not how
long it is waited for, nor what comes before it. It also covers the versions of what the spec takes
values from, since a configuration file may have another content at the same path.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, assert_never

from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Id, Resource, Text, Values
from rackhouse.resources.machine import (
    AliveProbe,
    CommandProbe,
    HttpProbe,
    Identity,
    Job,
    Probe,
    Process,
    Program,
    TcpProbe,
    Timer,
)
from rackhouse.resources.seen import Stamp
from rackhouse.supervisor.unit import Kind, Unit
from rackhouse.targets.fingerprint import Fingerprint

KINDS = {"process": Kind.SERVICE, "job": Kind.JOB, "timer": Kind.TIMER}
_STARTED = frozenset({Kind.SERVICE, Kind.JOB})

Runnable = Process | Job | Timer


def unit_of(
    resource: Resource[Runnable], stamp: Stamp, values: Values, root: Path, keyed: Fingerprint
) -> Unit:
    """The unit file of `resource`, with its unfinished stamp inside. `root`: the state folder."""
    spec, id = resource.spec, resource.id
    unit = replace(
        _program(spec.program, values, root),
        name=id.name,
        kind=KINDS[id.kind],
        after=_after(resource.before, id),
        stamp=stamp.to_json(),
    )
    match spec:
        case Process():
            unit = replace(
                unit,
                probe=_probe(spec.probe, values),
                sockets={name: address.fill(values) for name, address in spec.sockets},
                stop_signal=spec.stop_signal,
                grace=spec.grace,
                drain=spec.drain,
                start_timeout=spec.start_timeout,
            )
        case Job():
            unit = replace(unit, timeout=spec.timeout)
        case Timer():
            unit = replace(
                unit, schedule=spec.schedule, timezone=spec.timezone, timeout=spec.timeout
            )
        case _:
            assert_never(spec)
    unit = replace(unit, digest=_digest(unit, resource, stamp, keyed))
    return _with_path(unit, spec.program)


def _program(program: Program, values: Values, root: Path) -> Unit:
    env = {name: text.fill(values) for name, text in program.env}
    first = [_place(text, values, root) for text in program.path]
    if first or "PATH" in env:
        env["PATH"] = os.pathsep.join([*first, *filter(None, [env.get("PATH")])])
    return Unit(
        name="",
        command=tuple(text.fill(values) for text in program.command),
        env=env,
        folder=_place(program.folder, values, root) if program.folder.parts else "",
        unprivileged=program.identity is Identity.UNPRIVILEGED,
        memory_max=program.memory_max,
    )


def _with_path(unit: Unit, program: Program) -> Unit:
    """With the PATH of who applies, written down since a supervisor that starts at boot has none.

    Not in the digest: another shell is no reason for a restart.
    """
    if any(name == "PATH" for name, _ in program.env):
        return unit
    path = [*filter(None, [unit.env.get("PATH")]), os.environ.get("PATH", os.defpath)]
    return replace(unit, env={**unit.env, "PATH": os.pathsep.join(path)})


def _place(text: Text, values: Values, root: Path) -> str:
    return str(root / text.fill(values))


def _after(before: Collection[Id], id: Id) -> tuple[str, ...]:
    """The units among what comes before: they are awaited at every start, not at the first only."""
    started = [other for other in before if other.target == id.target]
    return tuple(sorted(other.name for other in started if KINDS.get(other.kind) in _STARTED))


def _probe(probe: Probe, values: Values) -> dict[str, Any]:
    match probe:
        case TcpProbe():
            return {"tcp": _port(probe.port.fill(values))}
        case HttpProbe():
            return {"http": probe.url.fill(values), "headers": dict(probe.headers)}
        case CommandProbe():
            return {"command": [text.fill(values) for text in probe.command]}
        case AliveProbe():
            return {"alive": probe.seconds}
        case _:
            assert_never(probe)


def _port(text: str) -> int:
    if not text.isdecimal():
        raise Refused(f"{text!r} is no port", fix="name a port number in the probe")
    return int(text)


def _digest(unit: Unit, resource: Resource[Runnable], stamp: Stamp, keyed: Fingerprint) -> str:
    same = Unit(name=unit.name, command=())
    taken_in = replace(
        unit,
        after=same.after,
        stop_signal=same.stop_signal,
        grace=same.grace,
        drain=same.drain,
        start_timeout=same.start_timeout,
        timeout=same.timeout,
        stamp="",
    )
    providers = sorted({ref.to for ref in resource.refs})
    versions = [f"{provider}={stamp.inputs.get(provider, '')}" for provider in providers]
    return keyed(taken_in.to_json(), *versions)
