"""What the supervisor has written down, as views: parts, and the processes of applications."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rackhouse.kit.paths import Paths
from rackhouse.operations.view.model import PartView, ProcessView
from rackhouse.resources.core import Id
from rackhouse.store.protocol import Store
from rackhouse.supervisor import client
from rackhouse.supervisor.unit import Phase, State, Unit

_RELEASE = re.compile(r"@r(\d+)$")
ENDED = "the supervisor does not run"  # why a unit is stopped that it would keep running
_PORTS = {"ingress": "https"}  # the port that a part is known by, where it has another name


def read_units(paths: Paths, *, supervised: bool) -> Mapping[str, State]:
    """The state of every unit, by name.

    When no supervisor lives, what it last wrote may be long past: a unit whose process is gone
    counts as stopped.
    """
    states = client.read_states(paths)
    if supervised:
        return states
    alive = client.survivors(paths)
    return {name: _checked(state, name in alive) for name, state in states.items()}


def _checked(state: State, alive: bool) -> State:
    if state.phase is Phase.DONE or alive:
        return state
    return replace(state, phase=Phase.STOPPED, why=ENDED, pid=0, rss=0)


def parts(
    states: Mapping[str, State], applications: Collection[str], store: Store, paths: Paths
) -> tuple[PartView, ...]:
    """Every unit that is kept running and is no application's, in order of name."""
    mine = (state for name, state in states.items() if "." not in name and name not in applications)
    return tuple(_part(state, store, paths.units) for state in mine)


def processes(states: Mapping[str, State]) -> Mapping[str, Sequence[ProcessView]]:
    """The units of every application, by its name: the newest release first."""
    found: dict[str, list[ProcessView]] = {}
    for name, state in states.items():
        found.setdefault(name.partition(".")[0], []).append(_process(state))
    for views in found.values():
        views.sort(key=lambda view: (-view.release, view.name))
    return found


def _part(state: State, store: Store, units: Path) -> PartView:
    number = store.values(Id("machine", "port", _PORTS.get(state.name, state.name))).get("number")
    return PartView(
        name=state.name,
        phase=state.phase,
        why=state.why,
        pid=state.pid,
        memory=state.rss,
        cpu=state.cpu,
        restarts=state.restarts,
        since=state.since,
        address=f"127.0.0.1:{number.reveal()}" if number else "",
        version=_version(units / f"{state.name}.json"),
    )


def _process(state: State) -> ProcessView:
    match = _RELEASE.search(state.name)
    return ProcessView(
        name=state.name,
        phase=state.phase,
        why=state.why,
        pid=state.pid,
        memory=state.rss,
        cpu=state.cpu,
        restarts=state.restarts,
        since=state.since,
        next_run=state.next_run,
        release=int(match[1]) if match else 0,
    )


def _version(file: Path) -> str:
    """`postgres 18.6.3`, as the part's own unit file says."""
    try:
        return Unit.from_json(file.read_text("utf-8")).env.get("RACKHOUSE_PART", "")
    except (OSError, ValueError):
        return ""
