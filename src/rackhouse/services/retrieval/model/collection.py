"""A collection as it stands, and the jobs that fill it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """`model` is the one whose vectors answer, "" for none; `wanted` one that it is changing to;
    `codes` are renderings that are no text, such as Strong's numbers.
    `embedded` of its `texts` have a vector of `model`, `filled` one of `wanted`. `version` grows
    with each change of what is found.
    """

    name: str
    model: str
    wanted: str | None
    resolver: str
    language: str
    codes: list[str]
    version: int
    documents: int = 0
    passages: int = 0
    texts: int = 0
    embedded: int = 0
    filled: int = 0


class State(StrEnum):
    """How a job stands."""

    WAITING = "waiting"  # for its turn
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # `said` tells why; what was committed stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`read` of its `documents` are cut into `passages`; `embedded` of the `texts` that lacked a
    vector have one. `said` is what it waits for, or what went wrong. `event` grows with each
    change.
    """

    id: UUID
    collection: str
    state: State
    documents: int
    read: int
    passages: int
    texts: int
    embedded: int
    said: str
    event: int
    at: datetime
    begun: datetime | None
    ended: datetime | None
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that `holder`, a process, works at until its lease is lost."""

    tenant: str
    id: UUID
    collection: str
    holder: str
