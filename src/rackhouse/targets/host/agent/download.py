"""Download: one file by its SHA-256, fetched by the host or sent over the channel."""

from __future__ import annotations

import base64
import hashlib
import os

from rackhouse.targets.host.agent import commands, disk, records
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State


def items(spec: Spec) -> list[str]:
    """Its path."""
    return [str(spec["path"])]


def capture(item: str, spec: Spec) -> Json:
    """Whether the very file was there already: then it stays when this leaves."""
    there = disk.status(item)
    if there and disk.digest(item) != spec["sha256"]:
        what = f"{item} is there, is another file, and this rack did not fetch it"
        raise Failure(what, "move it away", "not-ours")
    return {"stays": there is not None, "absent": disk.absent_parents(item)}


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Fetch it, unless it is there; the checksum is tried before it takes its place."""
    path, sha256 = spec["path"], spec["sha256"]
    if disk.digest(path) != sha256:
        disk.make_parents(path)
        if spec["source"].startswith("https://"):
            _fetch(spec["source"], disk.at(disk.draft_of(path)), say)
        else:
            disk.move(_incoming(path), disk.draft_of(path))
        found = disk.digest(disk.draft_of(path))
        if found != sha256:
            disk.clear(disk.draft_of(path))
            what = f"{spec['source']} is not the file that is wanted: its SHA-256 is {found}"
            raise Failure(what, f"wanted {sha256}: compare with what its maker publishes")
        disk.install(path, spec["mode"])
    elif (disk.status(path) or {})["mode"] != spec["mode"]:
        os.chmod(disk.at(path), spec["mode"])


def look(spec: Spec) -> State | None:
    """Mode, owner and SHA-256."""
    there = disk.status(spec["path"])
    if there and there["type"] == "file":
        there["sha256"] = disk.digest(spec["path"])
    return there


def revert(before: Before, spec: Spec, say: Say) -> None:
    """Gone, unless it was there before."""
    for path, kept in before.items():
        if not kept["stays"]:
            disk.clear(path)
            disk.drop_folders(kept["absent"])


def has(request: dict[str, Json], say: Say) -> Json:
    """Whether the file is there, so that it need not be sent."""
    return disk.digest(request["path"]) == request["sha256"]


def receive(request: dict[str, Json], say: Say) -> Json:
    """Put `data` (base64) at `offset` of what grows aside, to become `path`."""
    place = _incoming(request["path"])
    disk.make_parents(place, 0o700)
    fd = os.open(disk.at(place), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.truncate(request["offset"])
        file.seek(request["offset"])
        file.write(base64.b64decode(request["data"]))


def _incoming(path: str) -> str:
    """Not beside `path`: its folder may not be there, and is then the record's to remember."""
    return f"{records.HOME}/incoming/{hashlib.sha256(path.encode()).hexdigest()[:16]}"


def _fetch(source: str, place: str, say: Say) -> None:
    say(f"fetching {source}")
    curl = ["curl", "-fsSL", "--retry", "3", "--connect-timeout", "20", "-o", place, source]
    try:
        commands.run(curl)
    except Failure as error:
        if error.what != commands.lacking("curl").what:
            raise
        commands.run(["wget", "-q", "--tries=3", "--timeout=20", "-O", place, source])
