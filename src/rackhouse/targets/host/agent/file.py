"""File: a whole file, its content, mode and owner."""

from __future__ import annotations

import hashlib
import os

from rackhouse.targets.host.agent import commands, disk
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State


def items(spec: Spec) -> list[str]:
    """Its path."""
    return [str(spec["path"])]


def capture(item: str, spec: Spec) -> Json:
    """The file that is there, to be put back, and the folders above that are not."""
    was = whole(item)
    if was and was["type"] == "folder":
        raise Failure(f"{item} is a folder", "move it away: a file is wanted there", "not-ours")
    if was and not spec["replaces"]:
        same = was.get("content") == spec["content"].encode().decode("latin-1")
        if not same or was["mode"] != spec["mode"]:
            raise Failure(
                f"{item} is there, and this rack did not write it",
                "`replaces` where it is the distribution's own; else move it away",
                "not-ours",
            )
    return {"was": was, "absent": disk.absent_parents(item)}


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Write it, unless it is so already."""
    path, data = spec["path"], spec["content"].encode()
    wanted = (spec["mode"], spec["user"], spec["group"])
    there = disk.status(path)
    have = there and there["type"] == "file" and (there["mode"], there["user"], there["group"])
    if have == wanted and disk.digest(path) == hashlib.sha256(data).hexdigest():
        return
    say(f"writing {path}")
    disk.make_parents(path)

    def accept(draft: str) -> None:
        if spec["check"]:
            commands.run([word.replace("{}", draft) for word in spec["check"]])

    disk.write(path, data, *wanted, accept=accept)


def look(spec: Spec) -> State | None:
    """Mode, owner and SHA-256."""
    there = disk.status(spec["path"])
    if there and there["type"] == "file":
        there["sha256"] = disk.digest(spec["path"])
    return there


def revert(before: Before, spec: Spec, say: Say) -> None:
    """The file that was there, or none, and none of the folders that were made for it."""
    for path, kept in before.items():
        put_back(path, kept["was"])
        disk.drop_folders(kept["absent"])


def whole(path: str) -> State | None:
    """What lies there as `put_back` takes it: content as latin-1, which holds any bytes."""
    there = disk.status(path)
    if there and there["type"] == "link":
        there["content"] = os.readlink(disk.at(path))
    elif there and there["type"] == "file":
        there["content"] = (disk.read(path) or b"").decode("latin-1")
    return there


def put_back(path: str, was: State | None) -> None:
    """Make it what `whole` saw."""
    if was is None:
        disk.clear(path)
    elif was["type"] == "link":
        disk.clear(path)
        os.symlink(was["content"], disk.at(path))
    elif was["type"] == "file":
        data = was["content"].encode("latin-1")
        disk.write(path, data, was["mode"], was["user"], was["group"])
