"""Mount: a file system, now and at each start, by one line of /etc/fstab."""

from __future__ import annotations

import os

from rackhouse.targets.host.agent import commands, disk
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State

_TABLE = "/etc/fstab"


def items(spec: Spec) -> list[str]:
    """Its path."""
    return [str(spec["path"])]


def capture(item: str, spec: Spec) -> Json:
    """The line and the mount that are there, and the folders that are not."""
    line = _line(item)
    if line is not None and line.split() != _wanted(spec).split():
        fix = "remove it from /etc/fstab, or from the rack"
        raise Failure(f"/etc/fstab mounts {line.split()[0]} at {item}", fix, "not-ours")
    absent = disk.absent_parents(item + "/.")
    return {"line": line, "mounted": _mounted(item) is not None, "absent": absent}


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """The folder, the line, the mount; another source is unmounted first."""
    path = spec["path"]
    disk.make_parents(path + "/.")
    _write(path, _wanted(spec))
    if done and done["path"] == path and done != spec and _mounted(path):
        commands.run(["umount", path])
    if not _mounted(path):
        say(f"mounting {path}")
        commands.run(["mount", path])


def look(spec: Spec) -> State | None:
    """Line and mount."""
    line, mounted = _line(spec["path"]), _mounted(spec["path"])
    if line is None and mounted is None:
        return None
    state = {"line": (line or "").split(), "type": mounted}
    return state if mounted else {**state, "why": "it is not mounted"}


def revert(before: Before, spec: Spec, say: Say) -> None:
    """Unmounted, and no line, unless it was so before."""
    for path, kept in before.items():
        if not kept["mounted"] and _mounted(path):
            commands.run(["umount", path])
        _write(path, kept["line"])
        disk.drop_folders(kept["absent"])


def _wanted(spec: Spec) -> str:
    return f"{spec['source']} {spec['path']} {spec['type']} {','.join(spec['options'])} 0 0"


def _is_for(line: str, path: str) -> bool:
    words = line.split()
    return len(words) > 1 and not words[0].startswith("#") and words[1] == path


def _line(path: str) -> str | None:
    lines = disk.read_text(_TABLE).splitlines()
    return next((line for line in lines if _is_for(line, path)), None)


def _write(path: str, line: str | None) -> None:
    old = disk.read_text(_TABLE)
    lines = [each for each in old.splitlines() if not _is_for(each, path)]
    new = "".join(f"{each}\n" for each in [*lines, *([line] if line else [])])
    if _line(path) != line:
        disk.write(_TABLE, new.encode())


def _mounted(path: str) -> str | None:
    """The type of what is mounted there."""
    real = os.path.realpath(path)
    rows = (line.split() for line in disk.read_text("/proc/self/mounts").splitlines())
    return next((row[2] for row in rows if row[1] == real), None)
