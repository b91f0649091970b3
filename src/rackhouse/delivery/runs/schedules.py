"""Runs that are due by the `schedule:` of a workflow file. The forge asks for it all the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.delivery.runs.queue import newest_push
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import OPEN, Event, Forge, RepositoryRow, RunRow
from rackhouse.supervisor.schedule import Schedule

_RECENT = 1000  # scheduled runs of a repository that are looked at for the last of each


@dataclass(frozen=True, slots=True)
class Wanted:
    """The head of a default branch, and its workflow files with their times."""

    repository: RepositoryRow
    sha: str
    times: tuple[tuple[str, str], ...]


@dataclass
class Schedules:
    """What the default branches schedule: file and time."""

    paths: Paths
    forge: Forge
    _known: dict[str, Wanted] = field(default_factory=dict)

    def read(self, repositories: Sequence[RepositoryRow]) -> None:
        """Look at their default branches, and anew at the files of those that moved. Starts git,
        and asks the store nothing: for a thread.
        """
        known = {}
        for row in repositories:
            git = Git(folder_of(self.paths, row.name))
            sha = git.head(f"refs/heads/{row.default_branch}")
            before = self._known.get(row.name)
            same = before is not None and before.sha == sha
            known[row.name] = before if before and same else Wanted(row, sha, _scheduled(git, sha))
        self._known = known

    def queue_due(self, now: float) -> list[RunRow]:
        """Queue what is due. A time that was missed while nothing ran is made up for once; a file
        whose last run is not over is not queued again.
        """
        return [
            self.forge.add_run(
                RunRow(
                    repository=name,
                    ref=f"refs/heads/{wanted.repository.default_branch}",
                    sha=wanted.sha,
                    event=Event.SCHEDULE,
                    who="schedule",
                    made=now,
                    workflow=workflow,
                    given={"schedule": cron},
                )
            )
            for name, wanted in self._known.items()
            for workflow, cron in wanted.times
            if self._is_due(wanted.repository, workflow, cron, now)
        ]

    def _is_due(self, repository: RepositoryRow, workflow: str, cron: str, now: float) -> bool:
        rows: Sequence[RunRow] = self.forge.runs(
            repository=repository.name, events={Event.SCHEDULE}, limit=_RECENT
        )
        mine = [
            row for row in rows if (row.workflow, row.given.get("schedule")) == (workflow, cron)
        ]
        if any(row.status in OPEN for row in mine):
            return False
        ref = f"refs/heads/{repository.default_branch}"
        # What a clock that was ahead once made must not keep it waiting until then.
        past = (row for row in mine if row.made <= now)
        last = next(past, None) or newest_push(self.forge, repository.name, ref)
        return last is not None and Schedule(cron).after(last.made) <= now


def _scheduled(git: Git, sha: str) -> tuple[tuple[str, str], ...]:
    from rackhouse.delivery.runs.dispatch import workflows_at  # late: most racks have no workflows

    try:
        found = workflows_at(git, sha) if sha else ()
        return tuple((one.path, cron) for one in found for cron in one.on.schedule)
    except RackhouseError:
        return ()  # its push was told what is wrong
