"""What the forge remembers: repositories, people and their tokens, runs and jobs, who did what.

Rows and the seam alone; `sqlite_forge` is the one that keeps them. Each call is one transaction,
on disk when it returns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Scope(StrEnum):
    """What a token may do; each can do what those before it can."""

    READ = "read"  # clone and fetch
    WRITE = "write"  # push; makes a repository that does not exist
    ADMIN = "admin"  # protected branches too, and whatever the owner can


class Event(StrEnum):
    """Why a run was queued; the words of the workflow syntax."""

    PUSH = "push"
    PULL_REQUEST = "pull_request"  # a push to a branch beside the default one
    SCHEDULE = "schedule"
    DISPATCH = "workflow_dispatch"  # by hand


class RunStatus(StrEnum):
    """What became of a run or of one of its jobs."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"  # a newer push came before it began
    SKIPPED = "skipped"  # of a job: its condition did not hold, or what it needs failed


OPEN = frozenset({RunStatus.WAITING, RunStatus.RUNNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRow:
    """One repository. `protected`: branch patterns that only ADMIN pushes to and nobody forces.

    `quota` is in bytes, 0 for the rack's own. Not `trusted`: its jobs run only where they can be
    kept apart. `previews`: a branch gets an application of its own. `real_actions`: its jobs fetch
    actions from the Internet, in place of our stand-ins.
    """

    name: str
    default_branch: str = "main"
    description: str = ""
    protected: tuple[str, ...] = ()
    quota: int = 0
    trusted: bool = True
    previews: bool = True
    made: float = 0.0
    made_by: str = ""
    real_actions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One access token. `digest` is the SHA-256 of its text, in hexadecimal; the text is nowhere.

    `repositories`: patterns as `fnmatch` reads them. `expires` and `used` are Unix seconds.
    """

    id: int = 0
    person: str
    title: str
    digest: str
    scope: Scope
    repositories: tuple[str, ...] = ("*",)
    made: float
    expires: float | None = None
    used: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run: what one push, schedule or hand set going. `number` 0 asks for the next.

    `ref` is a full name: `refs/heads/main`. `before` is what it was, "" for a new one. `release` is
    the number that `application` got, 0 for none. `detail` is one line for people: what it releases
    to, or what is the matter besides `why`. `workflow` is the one file that a schedule or a person
    set going, "" for all that the event triggers; `given` are its inputs, or its `schedule`.
    """

    number: int = 0
    repository: str
    ref: str
    sha: str
    before: str = ""
    event: Event = Event.PUSH
    who: str
    status: RunStatus = RunStatus.WAITING
    attempt: int = 1
    made: float
    began: float | None = None
    ended: float | None = None
    why: str = ""
    application: str = ""
    release: int = 0
    detail: str = ""
    workflow: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def releases(self) -> bool:
        """Whether what passes goes live: not what a schedule or a person had run as a workflow."""
        return not self.workflow

    @property
    def branch(self) -> str:
        """`main` of `refs/heads/main`; a tag's name too."""
        return self.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job of a run, for the picture. `title` has the matrix: `test (3.11)`."""

    run: int
    position: int
    workflow: str
    name: str
    title: str
    needs: tuple[str, ...] = ()
    status: RunStatus = RunStatus.WAITING
    began: float | None = None
    ended: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One preview: `application` shows what a branch of `repository` would make of `parent`."""

    application: str
    repository: str
    ref: str
    parent: str
    made: float
    expires: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who did what to which thing: `owner`, `pushed`, `repository/hello`, `main 3f2a91c`."""

    number: int = 0
    at: float
    who: str
    what: str
    thing: str
    detail: str = ""


class Forge(Protocol):
    """What the forge remembers."""

    # repositories
    def repository(self, name: str) -> RepositoryRow | None: ...
    def repositories(self) -> Sequence[RepositoryRow]: ...
    def put_repository(self, row: RepositoryRow) -> None: ...
    def drop_repository(self, name: str) -> None: ...
    def rename_repository(self, name: str, to: str) -> bool:
        """With its runs, its previews, and the tokens for exactly that name. False, and nothing is
        changed, while a run of it is open or there is one of the new name.
        """
        ...

    # people and tokens
    def people(self) -> Sequence[str]: ...
    def put_person(self, name: str, now: float) -> None: ...
    def drop_person(self, name: str) -> None:
        """With all their tokens."""
        ...

    def add_token(self, row: TokenRow) -> TokenRow: ...
    def tokens(self, person: str | None = None) -> Sequence[TokenRow]: ...
    def token_of(self, digest: str) -> TokenRow | None:
        """The token with this digest, expired or not."""
        ...

    def use_token(self, id: int, now: float) -> None: ...
    def drop_token(self, id: int) -> None: ...

    # runs
    def add_run(self, row: RunRow) -> RunRow:
        """Queue it; answers it numbered. Those of the same repository, ref and event that still
        wait become SUPERSEDED in the same transaction, if it is a push.
        """
        ...

    def run(self, number: int) -> RunRow | None: ...
    def runs(
        self,
        *,
        repository: str | None = None,
        ref: str | None = None,
        statuses: Collection[RunStatus] = (),
        events: Collection[Event] = (),
        limit: int = 50,
    ) -> Sequence[RunRow]:
        """The newest first. No `statuses`, no `events`: any."""
        ...

    def change_run(self, row: RunRow, expected: RunStatus) -> bool:
        """Write the whole row, unless its status is no longer `expected`: false then, and nothing
        is written. So two who would begin or end the same run cannot both.
        """
        ...

    def put_job(self, row: JobRow) -> None: ...
    def jobs(self, run: int) -> Sequence[JobRow]: ...
    def drop_runs(self, numbers: Collection[int]) -> None: ...

    # previews
    def put_preview(self, row: PreviewRow) -> None: ...
    def previews(self) -> Sequence[PreviewRow]: ...
    def drop_preview(self, application: str) -> None: ...

    # who did what
    def note(self, row: AuditRow) -> None: ...
    def audit(self, *, thing: str | None = None, limit: int = 100) -> Sequence[AuditRow]:
        """The newest first."""
        ...

    def drop_audit(self, *, before: float, least: int, most: int) -> None:
        """Forget those from before that time, but for the newest `least`; and all but the newest
        `most`, whenever they were.
        """
        ...

    def close(self) -> None: ...
