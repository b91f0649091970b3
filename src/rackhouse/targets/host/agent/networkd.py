"""Networkd: files of systemd-networkd, in force together.

New ones are tried from /run, which the power takes with it, under names that come first (`trial`).
Once we were reached over a new connection they lie in /etc. Addresses and routes that networkd took
away on trial come back too.
"""

from __future__ import annotations

import os

from rackhouse.targets.host.agent import commands, disk, file, trial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State

_UNIT = "systemd-networkd.service"
_SOCKET = "systemd-networkd.socket"  # which would start it again at the next change of a card
_KEPT, _TRIED = "/etc/systemd/network", "/run/systemd/network"
_FIRST = "00-trial-"
_SAVED = "/run/rackhouse/networkd"  # what `ip` saves
_LIST = (
    """ip -o -4 address show | while read -r _ card _ address _; do echo "$card $address"; done"""
)
_SAVE = f"""\
set -e
{_LIST} >"$1.list"
ip -4 address save >"$1.address"
ip -4 route save >"$1.route"
"""
# Addresses that the trial brought go, those that it took come back; with them their routes.
_BACK = f"""\
rm -f {{tried}}/{_FIRST}*
{{again}}
{_LIST} | grep -vxFf {{saved}}.list | while read -r card address; do
    ip address delete "$address" dev "$card"
done
ip -4 address restore <{{saved}}.address
ip -4 route restore <{{saved}}.route
:
"""


def items(spec: Spec) -> list[str]:
    """The files, and the service."""
    return [*(f"{_KEPT}/{name}" for name, _ in spec["files"]), _UNIT]


def capture(item: str, spec: Spec) -> Json:
    """The file that is there; whether the service was enabled and active."""
    if item.startswith("/"):
        return file.whole(item)
    return {"enabled": _is("enabled"), "active": _is("active")}


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """On trial: Failure (confirm). Asked again with `confirmed`, keep them."""
    if _is("active") and all(_is_kept(name, text) for name, text in spec["files"]):
        _enable()
        return
    if not spec["confirmed"]:
        _try(spec, say)
        raise trial.awaited()
    for name, text in spec["files"]:
        disk.make_parents(f"{_KEPT}/{name}")
        disk.write(f"{_KEPT}/{name}", text.encode())
    _clear()  # the same lies in /etc: what networkd has in mind stays in force
    _enable()


def look(spec: Spec) -> State | None:
    """The files, and whether the service is enabled and active."""
    digests = {name: disk.digest(f"{_KEPT}/{name}") for name, _ in spec["files"]}
    if not any(digests.values()):
        return None
    state: State = {"files": digests, "enabled": _is("enabled"), "active": _is("active")}
    return state if state["active"] else {**state, "why": f"{_UNIT} does not run"}


def revert(before: Before, spec: Spec, say: Say) -> None:
    """The files that were there before, and the service as it was."""
    for item, was in before.items():
        if item.startswith("/"):
            file.put_back(item, was)
    was = before.get(_UNIT)
    if was and not was["enabled"]:
        commands.run(["systemctl", "disable", "--quiet", _UNIT])
    if was and not was["active"]:
        commands.run(["systemctl", "stop", _SOCKET, _UNIT])
    elif _is("active"):
        commands.run(["networkctl", "reload"])


def _try(spec: Spec, say: Say) -> None:
    trial.settle()
    was_active = _is("active")
    disk.make_parents(_SAVED, 0o700)
    commands.run(["sh", "-c", _SAVE, "sh", disk.at(_SAVED)])
    again = "networkctl reload" if was_active else f"systemctl stop {_SOCKET} {_UNIT}"
    back = _BACK.format(tried=disk.at(_TRIED), saved=disk.at(_SAVED), again=again)
    trial.begin(spec, back)
    say(f"{len(spec['files'])} files of systemd-networkd, on trial for {spec['confirm']:g} s")
    disk.make_parents(f"{_TRIED}/any")
    for name, text in spec["files"]:
        disk.write(f"{_TRIED}/{_FIRST}{name}", text.encode())
    commands.run(["networkctl", "reload"] if was_active else ["systemctl", "start", _UNIT])


def _is_kept(name: str, text: str) -> bool:
    return disk.read(f"{_KEPT}/{name}") == text.encode()


def _clear() -> None:
    for name in os.listdir(disk.at(_TRIED)) if disk.status(_TRIED) else ():
        if name.startswith(_FIRST):
            disk.clear(f"{_TRIED}/{name}")


def _enable() -> None:
    if not _is("enabled"):
        commands.run(["systemctl", "enable", "--quiet", _UNIT])


def _is(what: str) -> bool:
    return commands.read(["systemctl", "--quiet", f"is-{what}", _UNIT])[0] == 0
