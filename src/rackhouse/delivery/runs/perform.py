"""One run from its commit to its end: check out, test, release. Ends with the row that says how."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rackhouse.apply.open import open_rack
from rackhouse.delivery import rackfile
from rackhouse.delivery.releases import live
from rackhouse.delivery.repositories.rack import REPOSITORY
from rackhouse.delivery.runs.checkout import check_out
from rackhouse.delivery.runs.jobs import Trial
from rackhouse.delivery.runs.log import Kind, RunLog
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.delivery.runs.release import (
    Candidate,
    Released,
    Teller,
    patiently,
    preview,
    release,
)
from rackhouse.delivery.runs.trial import test
from rackhouse.kit.errors import Missing, RackhouseError
from rackhouse.kit.files import host_error
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import format_seconds
from rackhouse.store.forge import Forge, RepositoryRow, RunRow, RunStatus
from rackhouse.store.sqlite import SqliteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a worker has: the state folder, what the forge remembers, and where repositories are
    cloned from. Which rack file holds, the store remembers.
    """

    paths: Paths
    forge: Forge
    origin: str = ""


async def perform(bench: Bench, run: RunRow, interrupted: Callable[[], RunStatus]) -> RunRow:
    """Do what the run is for; the row as it is at the end, which is written down.

    Whatever a person can meet becomes its `why`, and never an error. `interrupted` says what it is
    when this is cancelled: CANCELLED by a person, or WAITING, to be begun anew.
    """
    folder = run_folder(bench.paths, run.number)
    log = RunLog(folder)
    released = Released()
    try:
        released = await _perform(bench, run, folder, log)
        ended = replace(
            run,
            status=RunStatus.PASSED,
            application=released.application,
            release=released.release,
            detail=released.address or run.detail,
        )
    except asyncio.CancelledError:
        ended = replace(run, status=interrupted(), why="cancelled")
    except RackhouseError as error:
        ended = replace(run, status=RunStatus.FAILED, why=error.what)
        log.say(str(error), Kind.ERROR)
    except OSError as error:  # the disk is full, or failing
        said = host_error(error, Path(error.filename or folder))
        ended = replace(run, status=RunStatus.FAILED, why=str(said))
        log.say(str(said), Kind.ERROR)
    if ended.status is RunStatus.WAITING:
        log.say("stopped with the rack; it begins anew", Kind.NOTE)
        ended = replace(ended, began=None, why="")
    else:
        ended = replace(ended, ended=time.time())
        log.say(
            _last_word(ended, released.at or time.time(), _serving(bench, run)),
            Kind.NOTE if ended.status is RunStatus.PASSED else Kind.ERROR,
        )
    log.close()
    shutil.rmtree(folder / "checkout", ignore_errors=True)
    bench.forge.change_run(ended, RunStatus.RUNNING)
    return ended


async def _perform(bench: Bench, run: RunRow, folder: Path, log: RunLog) -> Released:
    repository = bench.forge.repository(run.repository)
    if repository is None:
        raise Missing(f"the repository {run.repository} is no more")
    log.say(f"run {run.number}: {run.repository} {run.branch} {run.sha[:7]}", Kind.NOTE)
    checkout = folder / "checkout"
    await check_out(
        bench.paths.repositories / f"{repository.name}.git",
        checkout,
        sha=run.sha,
        ref=run.ref,
        origin=f"{bench.origin}/{repository.name}.git",
    )
    if repository.name == REPOSITORY:
        await _rack(bench, run, repository, checkout, log)
        return Released()
    trial = Trial(
        run=run,
        repository=repository,
        checkout=checkout,
        folder=folder,
        paths=bench.paths,
        server=bench.origin,
        log=log,
        on_job=bench.forge.put_job,
    )
    await test(trial)
    if not run.releases:
        return Released()
    return await _live(bench, run, repository, checkout, log)


async def _rack(
    bench: Bench, run: RunRow, repository: RepositoryRow, checkout: Path, log: RunLog
) -> None:
    """The rack's own repository: applied on its default branch, planned on others."""
    now = datetime.now().astimezone()
    if run.ref == f"refs/heads/{repository.default_branch}":
        log.say("apply", Kind.GROUP, job="rack", step="apply")
        teller = Teller(log, "rack")
        await patiently(
            lambda: rackfile.apply(bench.paths, checkout, run.sha, observer=teller, now=now), log
        )
        log.say("the rack is what this commit says", Kind.NOTE)
        return
    log.say("plan", Kind.GROUP, job="rack", step="plan")
    plan = await rackfile.plan(bench.paths, checkout, now)
    for line in [*map(str, plan.steps), *plan.news] or ["nothing to do"]:
        log.say(line, job="rack", step="plan")
    log.say(f"a push to {repository.default_branch} applies this", Kind.NOTE)


async def _live(
    bench: Bench, run: RunRow, repository: RepositoryRow, checkout: Path, log: RunLog
) -> Released:
    """The release of the default branch, the preview of another."""
    main = run.ref == f"refs/heads/{repository.default_branch}"
    if not main and not (repository.previews and run.ref.startswith("refs/heads/")):
        log.say(f"only {repository.default_branch} is released", Kind.NOTE)
        return Released()
    house = open_rack(None, root=bench.paths.root, now=datetime.now(UTC))
    try:
        it = Candidate(house=house, run=run, folder=checkout, log=log)
        return await (release(it) if main else preview(it, bench.forge))
    finally:
        house.close()


def _last_word(run: RunRow, at: float, serving: str) -> str:
    after = format_seconds(max(0.0, at - run.made))
    if run.status is not RunStatus.PASSED:
        why = run.why.splitlines()[0] if run.why else run.status.value
        return f"NOT LIVE: {why}{f'; {serving} serves on' if serving else ''}"
    if not run.application:
        return f"passed, {after} after the push"
    return f"LIVE: {run.application} r{run.release} {run.detail}, {after} after the push"


def _serving(bench: Bench, run: RunRow) -> str:
    """`hello r3`: what a run of the repository's own application leaves as it is, "" for none."""
    store = SqliteStore(bench.paths.store)
    try:
        app = live(store, run.repository)
        return f"{app.name} {app.release.tag}" if app and app.release else ""
    finally:
        store.close()
