"""A change on trial: it stays only when the other side says, over a connection made after it, that
it still gets in. Knows no kind of thing.

What goes back is a shell script, on the disk before anything is changed. A process that needs
nobody runs it when the time is over; so does the next trial, for one that was never confirmed.
"""

from __future__ import annotations

import os

from rackhouse.targets.host.agent import commands, disk
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Json, Say, Spec

_FOLDER = "/run/rackhouse/trials"  # gone with the power, and with it what was tried
# `$1` seconds; `$2` the script. Renaming decides once and for all: confirmed, or gone back.
_WATCH = 'sleep "$1"; mv "$2" "$2.late" 2>/dev/null && sh "$2.late"; rm -f "$2.late"'


def begin(spec: Spec, back: str) -> None:
    """Have `back`, a script, run in `spec["confirm"]` seconds. Call `settle` before making it."""
    path = _path(spec["trial"])
    disk.make_parents(path, 0o700)
    disk.write(path, back.encode(), 0o600)
    commands.leave(["sh", "-c", _WATCH, "sh", str(spec["confirm"]), disk.at(path)])


def settle() -> None:
    """Go back from whatever was tried and not confirmed: a trial begins on firm ground."""
    folder = disk.at(_FOLDER)
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        path = f"{folder}/{name}"
        try:
            os.rename(path, path + ".late")
        except FileNotFoundError:
            continue
        commands.attempt(["sh", path + ".late"])
        os.unlink(path + ".late")


def confirm(request: dict[str, Json], say: Say) -> Json:
    """We were reached over a new connection: keep it. Failure when it is too late."""
    try:
        os.unlink(disk.at(_path(request["trial"])))
    except FileNotFoundError:
        what = "the change let nobody in, so the machine went back to what it had"
        fix = "leave a way in for the address that you apply from"
        raise Failure(what, fix, "not-ready") from None


def awaited() -> Failure:
    """What is raised once all is on trial: the other side shows that it gets in, and asks again."""
    return Failure("to be confirmed", kind="confirm")


def _path(trial: str) -> str:
    return f"{_FOLDER}/{trial}"
