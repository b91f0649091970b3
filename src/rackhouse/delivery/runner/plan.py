"""What `inside` is told: where the job begins, what it sees, what it may use. Starts nothing."""

from __future__ import annotations

import marshal
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TypedDict, cast

from rackhouse.delivery.runner.limits import Limits

_INSIDE = Path(__file__).with_name("inside.py")


class Level(StrEnum):
    """How much of the sandbox this machine allows."""

    FULL = "full"  # namespaces of users, processes, IPC and mounts
    PROCESSES = "processes"  # without mounts: containers often forbid a /proc of one's own
    NONE = "none"


class Room(TypedDict):
    """What the job finds at `at`: the folder or file `source`."""

    source: str
    at: str
    writable: bool


class Sizes(TypedDict):
    """`Limits`, as the kernel counts them."""

    memory: int
    processes: int
    open_files: int
    file_bytes: int


class Plan(TypedDict):
    """`state` is the file in which `inside` says its pid, and on a second line what failed."""

    level: str
    starter: int  # the pid of who wants the job: it does not outlive that process
    cgroup: str  # "" for none
    state: str
    folder: str
    limits: Sizes
    covers: list[str]  # empty there, but for the rooms below
    rooms: list[Room]


def sizes(limits: Limits) -> Sizes:
    """The part of the limits that the kernel keeps."""
    return Sizes(
        memory=limits.memory,
        processes=limits.processes,
        open_files=limits.open_files,
        file_bytes=limits.file_bytes,
    )


def argv(plan: Plan, job: Sequence[str]) -> tuple[str, ...]:
    """How to start it. Writes the plan beside `state`: on a command line everyone could read it.

    `-I -S`: nothing of the job's environment or folder is imported, and it is faster.
    """
    file = Path(plan["state"]).with_name("plan")
    file.write_bytes(marshal.dumps(cast(dict[str, Any], plan)))
    return (sys.executable, "-I", "-S", "-B", str(_INSIDE), str(file), *job)
