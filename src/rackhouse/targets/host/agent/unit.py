"""Unit: a systemd unit, enabled and running what its files say."""

from __future__ import annotations

import os
import time

from rackhouse.targets.host.agent import commands, disk
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State

_STOPS = 90.0  # seconds: systemd's own DefaultTimeoutStopSec
_ENABLED = ("enabled", "enabled-runtime", "alias", "static", "indirect", "generated")


def items(spec: Spec) -> list[str]:
    """The unit."""
    return [str(spec["name"])]


def capture(item: str, spec: Spec) -> Json:
    """Whether it was enabled and active."""
    _require()
    there = _show(item)
    return {"enabled": there["enabled"], "active": there["active"]}


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Enable, then start or restart it; wait until it is active and its probe succeeds."""
    _require()
    name = spec["name"]
    commands.run(["systemctl", "daemon-reload"])
    there = _show(name)
    if there["load"] == "not-found":
        raise Failure(f"there is no unit {name}", "the package or file that brings it?", "missing")
    if there["enabled"] != spec["enabled"]:
        commands.run(["systemctl", "enable" if spec["enabled"] else "disable", name])
    if not spec["running"]:
        commands.run(["systemctl", "stop", name])
        return
    stale = there["active"] and spec["files"] != (done or {"files": []})["files"]
    if stale:
        _restart(spec, say)
    else:
        if not there["active"]:
            say(f"starting {name}")
            commands.attempt(["systemctl", "reset-failed", name])  # a start limit that it hit
            _systemctl("start", name, spec["patience"])
        _wait(spec, say)


def look(spec: Spec) -> State | None:
    """Enabled and active; why it is not ready."""
    if not _running():
        return {"why": "no systemd is running here"}
    there = _show(spec["name"])
    if there["load"] == "not-found":
        return None
    state = {"enabled": there["enabled"], "active": there["active"]}
    why = _unready(spec, there)
    return {**state, "why": why} if why else state


def revert(before: Before, spec: Spec, say: Say) -> None:
    """As it was: stopped and not enabled, if it was so."""
    _require()
    for name, was in before.items():
        there = _show(name)
        if there["load"] == "not-found":
            continue
        if there["active"] != was["active"]:
            _systemctl("start" if was["active"] else "stop", name)
        if there["enabled"] != was["enabled"]:
            commands.run(["systemctl", "enable" if was["enabled"] else "disable", name])


def _restart(spec: Spec, say: Say) -> None:
    verb = "reload-or-restart" if spec["reload"] else "restart"
    say(f"{verb}ing {spec['name']}: what it was started with has changed")
    if spec["before"]:
        commands.run(list(spec["before"]), say)
    try:
        _systemctl(verb, spec["name"], spec["patience"] + _STOPS)
        _wait(spec, say)
    finally:
        if spec["after"]:
            commands.run(list(spec["after"]), say)


def _wait(spec: Spec, say: Say) -> None:
    """Until it is ready. Failure (not-ready), with the end of its log, when that takes too long."""
    start = time.monotonic()
    told = start
    while why := _unready(spec, _show(spec["name"])):
        now = time.monotonic()
        if now - start > spec["patience"]:
            fix = f"on that machine: journalctl -u {spec['name']}"
            raise Failure(f"{spec['name']}: {why}\n{_log(spec['name'])}".rstrip(), fix, "not-ready")
        if now - told > 3:
            told = now
            say(f"waiting for {spec['name']}: {why} ({now - start:.0f} s)")
        time.sleep(0.1)


def _unready(spec: Spec, there: State) -> str:
    if not spec["running"]:
        return "it is running" if there["active"] else ""
    if not there["active"]:
        return f"it is {there['state']}"
    if spec["probe"]:
        code, out = commands.attempt(list(spec["probe"]), limit=10)
        last = (out.strip().splitlines() or [""])[-1]
        return f"its probe ends with {code}: {last}" if code else ""
    return ""


def _systemctl(verb: str, name: str, limit: float = commands.LIMIT) -> None:
    """Failure with the last lines that the unit itself has logged; also where it hangs."""
    argv = ["systemctl", verb, name]
    code, out = commands.attempt(argv, limit=limit)
    if code:
        how = f"exit code {code}" if code > 0 else f"did not end within {limit:.0f} s"
        said = _log(name) or out.strip()
        kind = "host" if code > 0 else "not-ready"
        fix = f"on that machine: journalctl -u {name}"
        raise Failure(f"{commands.shown(argv)}: {how}\n{said}".rstrip(), fix, kind)


def _show(name: str) -> State:
    wanted = "--property=LoadState,ActiveState,SubState,UnitFileState,Type"
    _, out = commands.read(["systemctl", "show", wanted, name])
    row = dict(line.split("=", 1) for line in out.splitlines() if "=" in line)
    active = row.get("ActiveState") in ("active", "reloading")
    if row.get("ActiveState") == "activating" and row.get("Type") == "oneshot":
        active = False
    return {
        "load": row.get("LoadState", ""),
        "enabled": row.get("UnitFileState") in _ENABLED,
        "active": active,
        "state": f"{row.get('ActiveState')} ({row.get('SubState')})",
    }


def _log(name: str) -> str:
    """What its processes said last; else what systemd says about it."""
    for match in (["_SYSTEMD_UNIT=" + name], ["-u", name]):
        _, out = commands.read(["journalctl", *match, "-n", "8", "--no-pager", "-q", "-o", "cat"])
        if out.strip():
            return out.strip()
    return ""


def _running() -> bool:
    return os.path.isdir(disk.at("/run/systemd/system"))


def _require() -> None:
    if not _running():
        fix = "a unit needs a machine that systemd started (a twin's node: systemd=True)"
        raise Failure("no systemd is running here", fix)
