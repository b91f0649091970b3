"""Names: lines of /etc/hosts, each with a mark of whose it is. All others are let be."""

from __future__ import annotations

from rackhouse.targets.host.agent import disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State

_FILE = "/etc/hosts"


def items(spec: Spec) -> list[str]:
    """The file."""
    return [_FILE]


def capture(item: str, spec: Spec) -> Json:
    """Whether it was there."""
    return disk.status(_FILE) is not None


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Our lines after all others."""
    lines = [f"{address} {name}{_mark(spec)}\n" for address, name in spec["of"]]
    _write("".join([*_others(spec), *lines]))


def look(spec: Spec) -> State | None:
    """Our lines, as they are."""
    found = [line for line in _lines() if line.endswith(_mark(spec) + "\n")]
    return {"lines": found} if found else None


def revert(before: Before, spec: Spec, say: Say) -> None:
    """Without our lines; and no file where none was."""
    text = "".join(_others(spec))
    if text or before.get(_FILE):
        _write(text)
    else:
        disk.clear(_FILE)


def _mark(spec: Spec) -> str:
    return f"  # rackhouse: {spec['called']}"


def _others(spec: Spec) -> list[str]:
    return [line for line in _lines() if not line.endswith(_mark(spec) + "\n")]


def _lines() -> list[str]:
    """Each with its end: the last may lack it."""
    text = disk.read_text(_FILE)
    return (text if not text or text.endswith("\n") else f"{text}\n").splitlines(keepends=True)


def _write(text: str) -> None:
    if text != disk.read_text(_FILE):
        there = disk.status(_FILE)
        disk.make_parents(_FILE)
        disk.write(_FILE, text.encode(), there["mode"] if there else 0o644)
