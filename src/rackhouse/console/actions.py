"""What the console can have done to the rack, by the functions that the command line calls.

What plans or applies runs in a process of its own (`act`), so that the console stays as small as it
is at rest: no database driver is ever loaded here, and nothing that takes long holds up the pages.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rackhouse.kit import errors, process
from rackhouse.kit.errors import Missing, RackhouseError, StepFailed
from rackhouse.kit.paths import Paths
from rackhouse.supervisor import client

_PATIENCE = 900.0  # seconds, of the longest start that anybody waits for


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """One step of a plan: create, update or delete `id`."""

    verb: str
    id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAnswer:
    """What an apply would do. `complete`: nothing waits for what cannot be seen now."""

    steps: tuple[StepAnswer, ...]
    notes: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Actions:
    """For the rack whose state is at `root`."""

    root: Path
    rack_file: Path | None

    async def plan(self) -> PlanAnswer:
        """What an apply would do. Changes nothing."""
        plan = await self._act("plan")
        steps = tuple(StepAnswer(**step) for step in plan["steps"])
        return PlanAnswer(steps=steps, notes=tuple(plan["notes"]), complete=plan["complete"])

    async def rollback(self, application: str, release: int | None) -> None:
        """Go back to `release`, None for the last that served. Raises as `rackhouse rollback`."""
        await self._act("rollback", application, *([str(release)] if release else []))

    async def revive(self) -> None:
        """Start the supervisor, by a process that ends: it must not be a child of what it stops."""
        await self._act("revive")

    def retry(self, unit: str) -> None:
        """Have a unit that is given up tried again now. Missing when there is no such unit."""
        paths = Paths(self.root)
        if unit not in client.read_states(paths):
            raise Missing(f"there is no unit {unit!r}")
        client.forget(paths, unit)

    async def _act(self, *words: str) -> Any:
        place = [str(self.root), str(self.rack_file or "")]
        argv = [sys.executable, "-m", "rackhouse.console.act", *place, *words]
        done = await process.run(argv, timeout=_PATIENCE)
        try:
            answer = json.loads(done.out)
        except ValueError:
            raise StepFailed(f"{words[0]} ended with {done.code}: {done.last}") from None
        if error := answer.get("error"):
            raise _error(error, answer)
        return answer


def _error(name: str, answer: dict[str, str]) -> RackhouseError:
    """The error that the other process met."""
    class_ = getattr(errors, name, RackhouseError)
    if class_ is errors.FileError:  # its words name every problem already
        class_ = errors.UsageError
    error: RackhouseError = class_(answer["what"], where=answer["where"], fix=answer["fix"])
    return error
