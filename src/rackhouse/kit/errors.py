"""Every error a person can meet. One tree, drawn here; nothing outside this file subclasses it.

    RackhouseError            exit  when you see it
    ├── UsageError              64  the command line is wrong
    ├── FileError                3  a rack or application file is wrong: all problems at once
    ├── Refused                  4  we will not do that, because it would harm
    │   ├── NotOurs              4  a thing of that name exists and this rack does not own it
    │   ├── WorldChanged         4  what was planned is no longer what is there: plan again
    │   └── Locked               4  another command is changing this rack right now
    ├── Missing                  5  what you named does not exist
    ├── NotReady                 6  it was started and did not become ready in time
    │   └── CrashLoop            6  it keeps ending before it is ready
    ├── HostError                7  this machine lacks something: disk, permission, port, tool
    ├── Unavailable              8  a part cannot be reached just now; trying again may help
    └── StepFailed               1  a step of an apply failed; the rest of the rack is untouched

Exit code 0 is success, 1 any other failure, 2 "there are changes" (`plan`) or "not all is
ready" (`status`), 130 interrupted by the keyboard. `docs/reference/exit-codes.md` repeats this
table and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

EXIT_CHANGES = 2
EXIT_INTERRUPTED = 130


class RackhouseError(Exception):
    """Something went wrong: what, where, how to mend it, and whether trying again may help."""

    exit_code: ClassVar[int] = 1
    retry: ClassVar[bool] = False

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.fix:
            lines.append(f"  fix: {self.fix}")
        return "\n".join(lines)


class UsageError(RackhouseError):
    """The command line is wrong."""

    exit_code = 64


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing that is wrong in a file.

    `line` and `column` count from 1; 0 means the file as a whole. `rule` is the stable kebab-case
    name under which `docs/reference/rules.md` explains it.
    """

    line: int
    column: int = 0
    rule: str
    path: str  # nodes.pi-1.disk
    what: str
    fix: str

    def __str__(self) -> str:
        at = f"line {self.line}" if self.line else "the file"
        path = f" {self.path}:" if self.path else ""
        return f"{at}:{path} {self.what} [{self.rule}]\n  fix: {self.fix}"


class FileError(RackhouseError):
    """The rack file or an application file is wrong: every problem of it, in one answer."""

    exit_code = 3

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        super().__init__(f"{count} {'problem' if count == 1 else 'problems'}", where=file)

    def __str__(self) -> str:
        return "\n".join(f"{self.where}, {problem}" for problem in self.problems)


class Refused(RackhouseError):
    """We will not do that, because it would harm."""

    exit_code = 4


class NotOurs(Refused):
    """A thing of that name exists and this rack does not own it."""


class WorldChanged(Refused):
    """What was planned is no longer what is there: plan again."""

    retry = True


class Locked(Refused):
    """Another command is changing this rack right now."""

    retry = True


class Missing(RackhouseError):
    """What you named does not exist."""

    exit_code = 5


class NotReady(RackhouseError):
    """It was started and did not become ready in time."""

    exit_code = 6
    retry = True


class CrashLoop(NotReady):
    """It keeps ending before it is ready."""

    retry = False


class HostError(RackhouseError):
    """This machine lacks something: disk, permission, a port, a tool."""

    exit_code = 7


class Unavailable(RackhouseError):
    """A part cannot be reached just now; trying again may help."""

    exit_code = 8
    retry = True


class StepFailed(RackhouseError):
    """A step of an apply failed; the rest of the rack is untouched."""
