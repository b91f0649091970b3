"""The releases of an application for its page: what each was made of, by whom, in which run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.app.codec import decode
from rackhouse.app.model import App
from rackhouse.console.api import parse_release
from rackhouse.console.desk import Desk
from rackhouse.kit.errors import Missing
from rackhouse.store.forge import Forge, RunRow, RunStatus
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus

_RUNS = 300  # passed ones, looked through for those that made a release


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release. `commit` and `repository` are "" where a folder was deployed; `run` is the one
    that made it, while it is remembered.
    """

    row: ReleaseRow
    app: App
    repository: str
    run: RunRow | None

    @property
    def commit(self) -> str:
        """The id of what was pushed, in full."""
        return self.app.release.commit if self.app.release else ""

    @property
    def what(self) -> str:
        """`push main`, `deploy ./guestbook`, `env set`."""
        return (
            self._parted[0].removesuffix(f" {self.commit[:7]}") if self.commit else self._parted[0]
        )

    @property
    def who(self) -> str:
        """Who did it, where it is known."""
        return self.run.who if self.run else self._parted[1]

    @property
    def _parted(self) -> tuple[str, str]:
        what, by, who = self.row.by.rpartition(" by ")
        return (what, who) if by else (self.row.by, "")


def releases(desk: Desk, application: str) -> list[Release]:
    """The newest first."""
    rows = [(row, decode(row.app)) for row in reversed(desk.store.releases(application))]
    pushed = any(app.release and app.release.commit for _, app in rows)
    runs = _runs(desk.forge, application) if pushed else []
    made = {run.release: run for run in runs}
    repository = repository_of(desk.forge, application, runs) if pushed else ""
    return [
        Release(row=row, app=app, repository=repository, run=made.get(row.number))
        for row, app in rows
    ]


def find(found: Sequence[Release], word: str) -> Release:
    """The release of that number: `3` or `r3`. Missing, UsageError."""
    number = parse_release(word)
    for release in found:
        if release.row.number == number:
            return release
    names = ", ".join(f"r{release.row.number}" for release in found)
    what = f"there is no release r{number}" if number else "no release is named"
    raise Missing(what, fix=f"there are: {names or 'none'}")


def live(found: Sequence[Release]) -> Release | None:
    """The one that serves."""
    return next((r for r in found if r.row.status is ReleaseStatus.LIVE), None)


def repository_of(forge: Forge, application: str, runs: Sequence[RunRow]) -> str:
    """Where its commits are; "" where nobody knows any more."""
    for row in forge.previews():
        if row.application == application:
            return row.repository
    if runs:
        return runs[0].repository
    return application if forge.repository(application) else ""


def _runs(forge: Forge, application: str) -> list[RunRow]:
    passed = forge.runs(statuses={RunStatus.PASSED}, limit=_RUNS)
    return [run for run in passed if run.application == application and run.release]
