"""What keeps a job apart on this machine: tried once by doing it, and told in the run's log."""

from __future__ import annotations

import functools
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rackhouse.delivery.runner import cgroup
from rackhouse.delivery.runner.limits import Limits
from rackhouse.delivery.runner.plan import Level, Plan, argv, sizes
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.process import run_sync


@dataclass(frozen=True, slots=True)
class Isolation:
    """What held when it was tried. `trusted_only`: a stranger's code must not run here."""

    user_namespace: bool
    pid_namespace: bool
    mounts: bool
    limits: bool
    cgroup: Path | None = None
    why: str = ""

    @property
    def level(self) -> Level:
        """What `inside` is asked for."""
        if self.mounts:
            return Level.FULL
        return Level.PROCESSES if self.pid_namespace else Level.NONE

    @property
    def trusted_only(self) -> bool:
        """Without mounts a job reads whatever the rack's account can."""
        return not self.mounts

    def __str__(self) -> str:
        parts = {
            "a namespace of its own users and processes": self.pid_namespace,
            "the machine read-only and the rack's state covered": self.mounts,
            "limits for each process": self.limits,
            "a cgroup": self.cgroup is not None,
        }
        held = ", ".join(part for part, holds in parts.items() if holds)
        missing = ", ".join(part for part, holds in parts.items() if not holds)
        why = f" ({self.why})" if self.why else ""
        return f"kept apart by {held or 'nothing'}" + (
            f"; without {missing}{why}" if missing else ""
        )


@functools.cache
def isolation() -> Isolation:
    """Try each level once, the best first. About 30 ms; remembered by this process."""
    group = cgroup.home()
    if group is not None and _refusal(Level.NONE, group):
        group = None
    why = ""
    for level in (Level.FULL, Level.PROCESSES):
        refusal = _refusal(level, None)
        if not refusal:
            full = level is Level.FULL
            return Isolation(True, True, full, True, group, why)
        why = why or refusal
    return Isolation(False, False, False, not _refusal(Level.NONE, None), group, why)


def _refusal(level: Level, parent: Path | None) -> str:
    """Why `level` cannot be had here; "" where a small job ran in it."""
    limits = Limits()
    try:
        with tempfile.TemporaryDirectory() as folder, cgroup.cgroup(parent, limits) as group:
            state = Path(folder, "state")
            plan = Plan(
                level=level.value,
                starter=os.getpid(),
                cgroup=str(group or ""),
                state=str(state),
                folder=folder,
                limits=sizes(limits),
                covers=[],
                rooms=[],
            )
            done = run_sync(argv(plan, ("/bin/sh", "-c", "exit 7")), timeout=20)
            said = state.read_text("utf-8").splitlines()[1:] if state.exists() else [done.last]
            return "" if done.code == 7 else (said or ["it did not begin"])[0]
    except (OSError, RackhouseError) as error:
        return str(error)
