"""The contract between the machine target and the supervisor: unit files and state files."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """SERVICE is kept running, JOB runs to its end once, TIMER runs on a schedule."""

    SERVICE = "service"
    JOB = "job"
    TIMER = "timer"


class Phase(StrEnum):
    """Where a unit is in its life."""

    WAITING = "waiting"  # for a unit named in `after` to be ready
    STARTING = "starting"  # alive, and not ready yet
    READY = "ready"  # alive, and its probe answers; a timer that is armed
    BACKOFF = "backoff"  # ended; will be started again shortly
    CRASHED = "crashed"  # a crash loop: still tried, but rarely, and reported as broken
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"  # a job that ended with 0
    FAILED = "failed"  # a job that did not; a timer whose last run did not


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit file. Times are seconds. `stamp` is the writer's own and opaque to us.

    `probe` is one of {"tcp": port}, {"http": url, "headers": {...}}, {"command": [...]},
    {"alive": seconds}. `sockets` are addresses by name (`127.0.0.1:80`; `:80` is every address) at
    which a service is handed open sockets, as systemd would. `unprivileged`: where we are root, run
    it as nobody in particular (a user namespace), since PostgreSQL refuses root.
    """

    name: str
    kind: Kind = Kind.SERVICE
    command: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    folder: str = ""
    after: tuple[str, ...] = ()
    probe: dict[str, Any] = field(default_factory=lambda: {"alive": 0.5})
    sockets: dict[str, str] = field(default_factory=dict)
    stop_signal: str = "SIGTERM"
    grace: float = 10.0
    drain: float = 0.0
    start_timeout: float = 60.0
    timeout: float = 600.0  # jobs and runs of timers
    schedule: str = ""
    timezone: str = "UTC"
    unprivileged: bool = False
    memory_max: int = 0
    digest: str = ""  # of the unit as wanted: another digest means restart
    stamp: str = ""

    def to_json(self) -> str:
        """The unit file's content."""
        return json.dumps(dataclasses.asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Unit:
        """The inverse. ValueError, with the reason, when it is not a unit."""
        try:
            body = json.loads(text)
            for key in ("command", "after"):
                body[key] = tuple(body.get(key, ()))
            body["kind"] = Kind(body["kind"])
            return cls(**body)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a unit file: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state file: what the supervisor knows of a unit. Times are Unix seconds.

    `started` is the process's start time as the kernel gives it; with `pid` it names a process for
    ever. `rss` is bytes and `cpu` processor seconds so far, of the whole process tree.
    """

    name: str
    digest: str = ""
    phase: Phase = Phase.WAITING
    pid: int = 0
    started: float = 0.0
    since: float = 0.0  # when it entered this phase
    restarts: int = 0
    exit_code: int | None = None  # of the last run; negative: by that signal
    why: str = ""
    rss: int = 0
    cpu: float = 0.0
    last_run: float = 0.0  # timers
    next_run: float = 0.0  # timers

    def to_json(self) -> str:
        """The state file's content."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> State:
        """The inverse. ValueError when it is not a state."""
        try:
            body = json.loads(text)
            body["phase"] = Phase(body["phase"])
            return cls(**body)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a state file: {error}") from error
