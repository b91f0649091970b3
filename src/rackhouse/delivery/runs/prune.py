"""What is forgotten of runs, their caches, and who did what, so that all stay bounded. Ends no run.

Rows go first and folders after them: what is listed is whole, and a folder whose row is gone, of
this call or of one that was killed, is swept by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.delivery.repositories.size import size_of
from rackhouse.delivery.runner.artifacts import prune_artifacts
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import OPEN, Forge, RunRow

KEEP = 100  # runs of a repository
AUDIT_SECONDS = 365 * 86400.0
AUDIT_LEAST = 1_000  # which a clock that is wrong by years does not take
AUDIT_MOST = 100_000
CACHES = 4 << 30  # bytes that the runs of a repository keep for its next ones
_ALL = 1_000_000


def prune(forge: Forge, paths: Paths, now: float) -> None:
    """Forget what is old. Of each repository the newest runs stay; besides, those that are open,
    that made a release which can be gone back to, and the last of each kind of a branch: by that
    is known what was pushed and when a schedule ran. Of a repository that is gone, all but these.

    Reads branches with git and deletes folders: for a thread, with a `forge` of its own.
    """
    runs: dict[str, list[RunRow]] = {}
    for row in forge.runs(limit=_ALL):
        runs.setdefault(row.repository, []).append(row)
    here = {row.name for row in forge.repositories()}
    for name, rows in runs.items():
        with suppress(RackhouseError):  # its branches cannot be read now: the next time
            forge.drop_runs(_old(paths, name, rows, exists=name in here))
    _sweep(forge, paths)
    _sweep_caches(forge, paths, here)
    for row in forge.runs(limit=_ALL):
        prune_artifacts(run_folder(paths, row.number), now)
    forge.drop_audit(before=now - AUDIT_SECONDS, least=AUDIT_LEAST, most=AUDIT_MOST)


def _old(paths: Paths, name: str, rows: Sequence[RunRow], *, exists: bool) -> list[int]:
    """The numbers of those that can go. `rows`: all of one repository, the newest first."""
    rest = rows[KEEP:] if exists else rows
    if not rest:
        return []
    heads = Git(folder_of(paths, name)).heads() if exists else ()
    last = set(_last(rows, heads))
    return [
        row.number
        for row in rest
        if row.status not in OPEN and row.number not in last and not _is_release(paths, row)
    ]


def _last(rows: Sequence[RunRow], heads: Collection[str]) -> Iterator[int]:
    """The newest of each kind of the branches that are there."""
    seen = set()
    for row in rows:
        kind = row.ref, row.event, row.workflow, row.given.get("schedule")
        if row.ref in heads and kind not in seen:
            seen.add(kind)
            yield row.number


def _is_release(paths: Paths, row: RunRow) -> bool:
    """Whether what it released can be gone back to: the snapshot is there."""
    return row.release > 0 and (paths.releases / row.application / f"r{row.release}").is_dir()


def _sweep(forge: Forge, paths: Paths) -> None:
    """Delete the folders of runs that are forgotten. A run has its row before its folder."""
    for folder in paths.runs.glob("[0-9]*"):
        if folder.name.isdecimal() and forge.run(int(folder.name)) is None:
            shutil.rmtree(folder, ignore_errors=True)  # what is left of it goes the next time


def _sweep_caches(forge: Forge, paths: Paths, here: Collection[str]) -> None:
    """Delete those of repositories that are gone, and those that have grown too large."""
    busy = {row.repository for row in forge.runs(statuses=OPEN, limit=_ALL)}
    for folder in (paths.caches / "runs").glob("*"):
        name = folder.name
        if name not in busy and (name not in here or size_of(folder) > CACHES):
            shutil.rmtree(folder, ignore_errors=True)
