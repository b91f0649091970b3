"""Sysctl: kernel settings, in a file of their own and in force where /proc/sys can be written."""

from __future__ import annotations

import errno

from rackhouse.targets.host.agent import disk, file
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State


def items(spec: Spec) -> list[str]:
    """The file, and each setting."""
    return [_file(spec), *(key for key, _ in spec["values"])]


def capture(item: str, spec: Spec) -> Json:
    """The file that is there, or the setting in force; null where the kernel has none."""
    return file.whole(item) if item.startswith("/") else _in_force(item)


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Write the file, then set each."""
    disk.make_parents(_file(spec))
    disk.write(_file(spec), "".join(f"{key} = {value}\n" for key, value in spec["values"]).encode())
    for key, value in spec["values"]:
        _set(key, value, say)


def look(spec: Spec) -> State | None:
    """The file, and the settings in force. A read-only one is not ours to judge."""
    if disk.status(_file(spec)) is None:
        return None
    values = {key: _in_force(key) for key, _ in spec["values"] if _can_write(key)}
    return {"file": disk.digest(_file(spec)), "values": values}


def revert(before: Before, spec: Spec, say: Say) -> None:
    """The settings that were in force."""
    for item, was in before.items():
        if item.startswith("/"):
            file.put_back(item, was)
        elif was is not None:
            _set(item, was, say)


def _file(spec: Spec) -> str:
    return f"/etc/sysctl.d/60-rackhouse-{spec['called']}.conf"


def _proc(key: str) -> str:
    return "/proc/sys/" + key.replace(".", "/")


def _in_force(key: str) -> str | None:
    there = disk.read(_proc(key))
    return None if there is None else " ".join(there.decode().split())


def _can_write(key: str) -> bool:
    try:
        with open(disk.at(_proc(key)), "ab"):
            return True
    except OSError:
        return False


def _set(key: str, value: str, say: Say) -> None:
    if _in_force(key) == " ".join(value.split()):
        return
    try:
        with open(disk.at(_proc(key)), "wb") as setting:
            setting.write(value.encode())
    except FileNotFoundError:
        say(f"this kernel has no setting {key} (yet): it holds once its module is loaded")
    except OSError as error:
        if error.errno == errno.EINVAL:
            fix = "see the kernel's documentation for what it takes"
            raise Failure(f"the kernel refuses {key} = {value}", fix) from None
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise
        say(f"{key} cannot be set here (a container): the file alone is written")
