"""Modules: kernel modules, loaded now and at each start."""

from __future__ import annotations

import os

from rackhouse.targets.host.agent import commands, disk, file
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State


def items(spec: Spec) -> list[str]:
    """The file that names them."""
    return [f"/etc/modules-load.d/rackhouse-{spec['called']}.conf"]


def capture(item: str, spec: Spec) -> Json:
    """The file that is there."""
    return file.whole(item)


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Write the file, then load them. In a container the kernel is another's: the file is all."""
    path = items(spec)[0]
    disk.make_parents(path)
    disk.write(path, "".join(f"{name}\n" for name in spec["names"]).encode())
    for name in spec["names"]:
        if not _loaded(name):
            _load(name, say)


def look(spec: Spec) -> State | None:
    """The file, and which are loaded."""
    path = items(spec)[0]
    if disk.status(path) is None:
        return None
    loaded = [name for name in sorted(spec["names"]) if _loaded(name)]
    return {"file": disk.digest(path), "loaded": loaded}


def revert(before: Before, spec: Spec, say: Say) -> None:
    """No longer at the next start. Loaded ones stay: something may use them."""
    for path, was in before.items():
        file.put_back(path, was)


def _loaded(name: str) -> bool:
    """As a module, or built in with something to set."""
    return os.path.exists(disk.at("/sys/module/" + name.replace("-", "_")))


def _load(name: str, say: Say) -> None:
    if not os.path.isdir(disk.at("/lib/modules/" + os.uname().release)):
        say(f"{name} cannot be loaded here (a container): the file alone is written")
        return
    argv = ["modprobe", name]
    code, out = commands.attempt(argv)
    if code:
        fix = "on Ubuntu for the Pi: linux-modules-extra-raspi; else this kernel does not have it"
        raise Failure(commands.failed(argv, code, out).what, fix)
