"""Work: what an installer is given, and the environment in which its tools run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rackhouse.targets.machine.output import run_logged
from rackhouse.targets.protocol import Say

# What would lead a tool to another environment than the one that we make.
_ASTRAY = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "NODE_ENV", "NODE_PATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """`manifest` is the file in the folder `snapshot` that `draft` is filled from."""

    snapshot: Path
    manifest: str
    draft: Path
    log: Path
    say: Say

    async def run(
        self, argv: Sequence[str], *, folder: Path, env: Mapping[str, str] | None = None
    ) -> None:
        """Run one tool. StepFailed, with the end of its output, when it fails."""
        what = f"installing packages from {self.manifest}"
        whole = {**environment(), **(env or {})}
        await run_logged(argv, what, env=whole, folder=folder, log=self.log, say=self.say)


def environment() -> dict[str, str]:
    """Ours, with all of the user's own configuration of the tools."""
    kept = {key: value for key, value in os.environ.items() if key not in _ASTRAY}
    return {key: value for key, value in kept.items() if not key.startswith("RACKHOUSE_")}
