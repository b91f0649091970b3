"""Packages: Debian packages by apt-get. Those that were there before stay."""

from __future__ import annotations

import time

from rackhouse.targets.host.agent import commands
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State

_APT = [
    *("apt-get", "-q", "-y", "--no-install-recommends"),
    *("-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"),
]
PATIENCE = 180.0  # seconds for a lock; apt itself waits for one of its three alone
_LOCKED = "Could not get lock"


def items(spec: Spec) -> list[str]:
    """The packages' names."""
    return list(spec["names"])


def capture(item: str, spec: Spec) -> Json:
    """Whether it was installed."""
    return item in _installed([item])


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Install what is lacking, all in one transaction; the lists are fetched where they must be."""
    lacking = sorted(set(spec["names"]) - set(_installed(spec["names"])))
    if not lacking:
        return
    _mend(say)
    if _unknown(lacking):
        _apt(["update"], say)
        if unknown := _unknown(lacking):
            what = f"apt knows no package {', '.join(unknown)}"
            raise Failure(what, "see its spelling, and /etc/apt/sources.list", "missing")
    _apt(["install", *lacking], say)


def look(spec: Spec) -> State | None:
    """Those that are installed. Versions are left to the system's own upgrades."""
    installed = _installed(spec["names"])
    lacking = sorted(set(spec["names"]) - set(installed))
    why = {"why": f"not installed: {', '.join(lacking)}"} if lacking else {}
    return {"installed": installed, **why}


def revert(before: Before, spec: Spec, say: Say) -> None:
    """Remove those that were not there before."""
    ours = [name for name, was in before.items() if not was]
    if there := _installed(ours):
        _mend(say)
        _apt(["remove", *there], say)


def _installed(names: list[str]) -> list[str]:
    if not names:
        return []
    _, out = commands.read(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names])
    lines = {tuple(line.split()) for line in out.splitlines()}
    return sorted(name for name in names if (name, "installed") in lines)


def _unknown(names: list[str]) -> list[str]:
    """Those that apt has no version of to install."""
    _, out = commands.read(["apt-cache", "policy", *names])
    known = set()
    name = ""
    for line in out.splitlines():
        if not line.startswith(" "):
            name = line.rstrip(":")
        elif line.strip().startswith("Candidate:") and "(none)" not in line:
            known.add(name)
    return sorted(set(names) - known)


def _mend(say: Say) -> None:
    """Finish what a kill or a power cut left half installed."""
    code, out = commands.read(["dpkg", "--audit"])
    if code or out.strip():
        say("dpkg was interrupted: finishing what it began")
        commands.run(["dpkg", "--force-confdef", "--force-confold", "--configure", "-a"], say)


def _apt(words: list[str], say: Say) -> None:
    """Whoever holds a lock (unattended-upgrades after a start) is named once, and waited for."""
    argv = [*_APT, *words]

    def quietly(line: str) -> None:
        if not line.startswith("E: "):  # it is in the failure
            say(line)

    until = time.monotonic() + PATIENCE
    told = ""
    while True:
        code, out = commands.attempt(argv, quietly)
        held = [line.removeprefix("E: ") for line in out.splitlines() if _LOCKED in line]
        if not code:
            return
        if not held:
            raise commands.failed(argv, code, out)
        if time.monotonic() > until:
            fix = "wait until that process has ended, then apply again"
            raise Failure(f"apt is locked: {held[-1]}", fix, "unavailable")
        if held[-1] != told:
            told = held[-1]
            say(f"waiting for apt: {told}")
        time.sleep(1)
