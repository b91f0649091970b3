"""Hostname: the machine's name, now and at the next start."""

from __future__ import annotations

import socket

from rackhouse.targets.host.agent import disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State

_FILE = "/etc/hostname"


def items(spec: Spec) -> list[str]:
    """The name in the file, and the one in force."""
    return ["file", "now"]


def capture(item: str, spec: Spec) -> Json:
    """The name that it had."""
    return disk.read_text(_FILE) if item == "file" else socket.gethostname()


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Write and set it. /etc/hosts is a File of its own where it is wanted."""
    _write(spec["name"] + "\n")
    _set(spec["name"], say)


def look(spec: Spec) -> State | None:
    """Both names."""
    state = {"file": disk.read_text(_FILE).strip(), "now": socket.gethostname()}
    if state["file"] != spec["name"]:
        state["why"] = f"{_FILE} says {state['file']!r}"
    return state


def revert(before: Before, spec: Spec, say: Say) -> None:
    """The name that it had before."""
    if "file" in before:
        _write(before["file"])
    if "now" in before:
        _set(before["now"], say)


def _write(text: str) -> None:
    if disk.read_text(_FILE) != text:
        if text:
            disk.write(_FILE, text.encode())
        else:
            disk.clear(_FILE)


def _set(name: str, say: Say) -> None:
    if socket.gethostname() != name:
        try:
            socket.sethostname(name)
        except PermissionError:  # a container's name is its engine's
            say(f"the host name {name} holds from the next start on")
