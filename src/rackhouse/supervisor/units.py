"""The folder of unit files: which units there are, and what is wrong with the others."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path

from rackhouse.supervisor.schedule import Schedule
from rackhouse.supervisor.unit import Kind, Unit

_ADDRESS = re.compile(r"[0-9.]*:[0-9]{1,5}")

Signature = frozenset[tuple[str, int, int]]


def signature(folder: Path) -> Signature:
    """Changes whenever a unit file is written, added or removed. OSError: it cannot be known."""
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.stat()) for entry in entries if _is_unit_file(entry.name)]
    return frozenset((name, stat.st_ino, stat.st_mtime_ns) for name, stat in found)


def read(folder: Path) -> Mapping[str, Unit | str]:
    """Each unit by its file's name; a file that is not a unit answers why. OSError: no answer."""
    names = sorted(filter(_is_unit_file, os.listdir(folder)))  # noqa: PTH208 (glob hides errors)
    return {Path(name).stem: _read(folder / name) for name in names}


def _is_unit_file(name: str) -> bool:
    return name.endswith(".json") and not name.startswith(".")


def _read(path: Path) -> Unit | str:
    try:
        unit = Unit.from_json(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        return f"{path.name} cannot be used: {error}"
    wrong = _check(unit, path.stem)
    return f"{path.name} cannot be used: {wrong}" if wrong else unit


def _check(unit: Unit, name: str) -> str:
    if unit.name != name:
        return f"it is named {unit.name!r} inside"
    if wrong := _check_start(unit):
        return wrong
    if not hasattr(signal.Signals, unit.stop_signal):
        return f"there is no signal {unit.stop_signal!r}"
    if unit.kind is Kind.TIMER:
        return Schedule(unit.schedule, unit.timezone).check()
    return "" if _is_probe(unit.probe) else "its probe is none of tcp, http, command, alive"


def _check_start(unit: Unit) -> str:
    if not unit.command or not all(isinstance(word, str) for word in unit.command):
        return "its command is not a list of words"
    if not all(isinstance(value, str) for value in unit.env.values()):
        return "its environment holds something else than text"
    if not all(_is_door(name, address) for name, address in unit.sockets.items()):
        return "its sockets are not addresses by name"
    return ""


def _is_probe(probe: object) -> bool:
    match probe:
        case {"tcp": int()} | {"http": str()} | {"alive": int() | float()}:
            return True
        case {"command": [str(), *_]}:
            return True
    return False


def _is_door(name: str, address: object) -> bool:
    return ":" not in name and isinstance(address, str) and _ADDRESS.fullmatch(address) is not None


def circles(units: Iterable[Unit]) -> Mapping[str, str]:
    """Units that wait for themselves, each with the way round: `a, b, a`."""
    after = {unit.name: unit.after for unit in units}
    ways = {name: _way(name, name, after, set()) for name in after}
    return {name: ", ".join((name, *way)) for name, way in ways.items() if way}


def dependents(units: Iterable[Unit]) -> Mapping[str, set[str]]:
    """Who comes after each unit, also by way of others."""
    after = {unit.name: unit.after for unit in units}
    found: dict[str, set[str]] = {}
    for name, names in after.items():
        todo, seen = list(names), {name}
        while todo:
            if (earlier := todo.pop()) not in seen:
                seen.add(earlier)
                found.setdefault(earlier, set()).add(name)
                todo += after.get(earlier, ())
    return found


def _way(
    start: str, goal: str, after: Mapping[str, tuple[str, ...]], seen: set[str]
) -> tuple[str, ...]:
    for following in after.get(start, ()):
        if following == goal:
            return (following,)
        if following not in seen:
            seen.add(following)
            if way := _way(following, goal, after, seen):
                return (following, *way)
    return ()
