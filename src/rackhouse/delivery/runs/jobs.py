"""The workflows that a run sets going, handed to the runner with what their jobs need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rackhouse.delivery.repositories import folder_of
from rackhouse.delivery.runner import Checkout, Limits, run_workflows
from rackhouse.delivery.runs.checkout import deepen
from rackhouse.delivery.runs.log import RunLog
from rackhouse.delivery.runs.secrets import secrets_of
from rackhouse.kit.errors import StepFailed
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import JobRow, RepositoryRow, RunRow
from rackhouse.store.sqlite import SqliteStore
from rackhouse.workflows import Triggered
from rackhouse.workflows.offers import action_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is to be tested, and who is told. `server`: where git finds repositories."""

    run: RunRow
    repository: RepositoryRow
    checkout: Path
    folder: Path
    paths: Paths
    server: str
    log: RunLog
    on_job: Callable[[JobRow], None]


async def run_triggered(trial: Trial, triggered: Sequence[Triggered]) -> None:
    """Run them to their end. StepFailed with the first job that failed, and its last words."""
    run, repository = trial.run, trial.repository
    if any(_wants_history(it) for it in triggered):
        await deepen(folder_of(trial.paths, repository.name), trial.checkout)
    store = SqliteStore(trial.paths.store)
    try:
        secrets = secrets_of(store, repository.name)
    finally:
        store.close()
    why = await run_workflows(
        Checkout(
            folder=trial.checkout,
            repository=repository.name,
            ref=run.ref,
            sha=run.sha,
            before=run.before,
            who=run.who,
            default_branch=repository.default_branch,
            given=run.given,
            server=trial.server,
            real_actions=repository.real_actions,
        ),
        triggered,
        number=run.number,
        folder=trial.folder,
        caches=trial.paths.caches,
        secrets=secrets,
        hide=(trial.paths.root,),
        limits=Limits(),
        log=trial.log,
        on_job=trial.on_job,
    )
    if why:
        raise StepFailed(why, fix="see its output above; mend it and push")


def _wants_history(it: Triggered) -> bool:
    """Whether a checkout asks for more than one commit; it then gets all of them."""
    steps = (step for job in it.workflow.jobs for step in job.steps)
    mine = (step.settings for step in steps if action_of(step.uses) == "actions/checkout")
    return any(
        said.get("fetch-depth", "1") != "1" or said.get("fetch-tags", "") == "true" for said in mine
    )
