"""Folder: a directory, its mode and owner. It leaves only when it is empty."""

from __future__ import annotations

from rackhouse.targets.host.agent import disk
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State


def items(spec: Spec) -> list[str]:
    """Its path."""
    return [str(spec["path"])]


def capture(item: str, spec: Spec) -> Json:
    """What lies there, and the folders above that are not there."""
    was = disk.status(item)
    if was and was["type"] != "folder":
        raise Failure(f"{item} is there and is no folder", "move it away", "not-ours")
    return {"was": was, "absent": disk.absent_parents(item)}


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Make it and the folders above, mode and owner as wanted."""
    path = spec["path"]
    disk.make_parents(path)
    if disk.status(path) is None:
        say(f"making {path}")
        disk.make_folder(path)
    disk.set_owner(path, spec["mode"], spec["user"], spec["group"])


def look(spec: Spec) -> State | None:
    """Mode and owner."""
    return disk.status(spec["path"])


def revert(before: Before, spec: Spec, say: Say) -> None:
    """The mode and owner that it had; gone if it was not there and is empty."""
    for path, kept in before.items():
        was = kept["was"]
        if was is None:
            if not disk.drop_folders([path, *kept["absent"]]):
                say(f"{path} stays: it is not empty")
        elif disk.status(path):
            disk.set_owner(path, was["mode"], was["user"], was["group"])
