"""The seam: what a store remembers. Calls are short and synchronous; each is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rackhouse.resources.core import Hidden, Id
from rackhouse.resources.seen import Stamp


class ReleaseStatus(StrEnum):
    """What became of a release. At most one per application is LIVE."""

    NEW = "new"  # made, not yet serving
    LIVE = "live"
    OLD = "old"  # served once; can be rolled back to
    FAILED = "failed"  # never became ready


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """One release as remembered. `app` is the parsed application as JSON (see `app.codec`)."""

    application: str
    number: int
    status: ReleaseStatus
    digest: str
    app: str
    made: float  # Unix seconds
    by: str  # "deploy ./guestbook", "rollback to r3", "push main 3f2a91c"
    why: str = ""  # it FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """One application as remembered. `uid` is new when a name is taken anew after a purge."""

    name: str
    uid: str
    removed: bool = False  # removed without --purge: its data is kept for this uid


class Result(StrEnum):
    """How a step ended."""

    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"  # already so
    FAILED = "failed"
    BLOCKED = "blocked"  # something it comes after did not succeed


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step in the journal."""

    position: int
    step: str  # as printed in the plan
    result: Result
    began: float
    ended: float | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRow:
    """One apply in the journal: who, when, what. `ended` None: it runs, or it was killed."""

    number: int
    who: str
    what: str  # "up", "deploy guestbook r8"
    began: float
    ended: float | None
    steps: tuple[StepRow, ...] = ()


class Store(Protocol):
    """What a rack remembers. What is given here is safe on disk when the call returns; the journal
    and specifications, which nothing decides on, are safe from a kill and not from a power cut.
    """

    # stamps of things that cannot carry their own
    def stamp(self, id: Id) -> Stamp | None: ...
    def put_stamp(self, id: Id, stamp: Stamp) -> None: ...
    def drop_stamp(self, id: Id) -> None: ...
    def stamps(self, target: str) -> Mapping[Id, Stamp]: ...

    # values that are chosen once: passwords, keys, ports, doors
    def choose(self, id: Id, make: Callable[[], Mapping[str, str]]) -> Mapping[str, Hidden]:
        """The values of `id`, or those that `make` answers, saved in one transaction if absent."""
        ...

    def replace(self, id: Id, values: Mapping[str, str]) -> None:
        """Other values from now on (rotation, renewal); their version goes up by one."""
        ...

    def values(self, id: Id) -> Mapping[str, Hidden]:
        """The values of `id`; empty when nothing was chosen."""
        ...

    def values_version(self, id: Id) -> str:
        """Changes exactly when the values do."""
        ...

    def forget(self, id: Id) -> None: ...
    def chosen(self, target: str, kind: str) -> Mapping[Id, Mapping[str, Hidden]]: ...
    def all_chosen(self) -> Mapping[Id, Mapping[str, Hidden]]: ...

    # the specification behind a digest, for a field-by-field diff (references only, no values)
    def remember_text(self, digest: str, text: str) -> None: ...
    def text_of(self, digest: str) -> str | None: ...
    def prune_texts(self, used: Collection[str]) -> None:
        """Forget every text whose digest is neither in `used` nor in a stamp that is kept here."""
        ...

    # applications and their releases
    def application(self, name: str) -> ApplicationRow | None: ...
    def applications(self) -> Sequence[ApplicationRow]: ...
    def put_application(self, row: ApplicationRow) -> None: ...
    def drop_application(self, name: str) -> None: ...
    def add_release(self, row: ReleaseRow) -> ReleaseRow:
        """Remember a new release; `number` 0 asks for the next one. Answers it numbered."""
        ...

    def releases(self, application: str) -> Sequence[ReleaseRow]: ...
    def set_release_status(
        self, application: str, number: int, status: ReleaseStatus, why: str = ""
    ) -> None:
        """LIVE makes the one that was live OLD, in the same transaction."""
        ...

    def drop_release(self, application: str, number: int) -> None: ...

    # settings of the rack that no file holds
    def setting(self, name: str) -> str | None: ...
    def put_setting(self, name: str, value: str) -> None: ...

    # the journal: for people, never for deciding
    def begin_apply(self, who: str, what: str, steps: Sequence[str], now: float) -> int: ...
    def record_step(
        self, apply: int, position: int, result: Result, now: float, why: str = ""
    ) -> None: ...
    def end_apply(self, apply: int, now: float) -> None: ...
    def journal(self, limit: int = 20) -> Sequence[ApplyRow]: ...
    def prune_journal(self, keep: int) -> None:
        """Forget all but the newest `keep` applies, with their steps."""
        ...

    def close(self) -> None: ...
