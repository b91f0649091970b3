"""The tests of a run: the workflows that it triggers, or those that its folder has.

Where there are workflow files, they say what is tested; where there are none, what is in the folder
does. Raises StepFailed with what failed and the last that it said.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.delivery.runner import Limits, sandboxed
from rackhouse.delivery.runs.environments import environment
from rackhouse.delivery.runs.log import Kind, RunLog
from rackhouse.delivery.runs.suites import Suite, suites
from rackhouse.delivery.runs.workflows import workflows_of
from rackhouse.kit.errors import StepFailed
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import JobRow, RepositoryRow, RunRow, RunStatus

_SYSTEM = "/usr/local/bin:/usr/bin:/bin"
_LAST = 12  # lines of a failed test that the reason repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is to be tested, and who is told."""

    run: RunRow
    repository: RepositoryRow
    checkout: Path
    folder: Path
    paths: Paths
    log: RunLog
    on_job: Callable[[JobRow], None]


async def test(trial: Trial) -> None:
    """Run them all. StepFailed at the first that fails, FileError for a workflow file that is wrong
    or asks for what this rack cannot do.
    """
    git = Git(folder_of(trial.paths, trial.repository.name))
    for workflow in await workflows_of(trial.checkout, git, trial.run, trial.repository):
        trial.log.say(
            f"{workflow.path} is read and judged, and not run by this version:"
            " the tests that are in the folder are run instead",
            Kind.NOTE,
        )
    found = suites(trial.checkout)
    if not found:
        trial.log.say("there are no tests here", Kind.NOTE)
    for position, suite in enumerate(found):
        job = JobRow(
            run=trial.run.number, position=position, workflow="", name="test", title=suite.title
        )
        await _suite(trial, suite, job)


async def _suite(trial: Trial, suite: Suite, job: JobRow) -> None:
    def say(text: str) -> None:
        trial.log.say(text, job=suite.title, step=suite.title)

    trial.log.say(suite.title, Kind.GROUP, job=suite.title, step=suite.title)
    trial.on_job(replace(job, status=RunStatus.RUNNING))
    failed = replace(job, status=RunStatus.FAILED)
    try:
        made = await environment(suite, trial.checkout, trial.paths.caches, say)
        done = await sandboxed(
            _command(suite, made),
            folder=trial.checkout,
            env=_variables(suite, made, trial),
            writable=(trial.checkout, *((made,) if made else ())),
            hide=(trial.paths.root,),
            limits=Limits(),
            say=say,
        )
        if done.code:
            failed = replace(failed, why=f"ended with {done.code}")
            raise StepFailed(f"{suite.title} failed", fix="see its output above; mend it and push")
    except BaseException:
        trial.on_job(failed)
        raise
    trial.on_job(replace(job, status=RunStatus.PASSED))


def _command(suite: Suite, made: Path | None) -> tuple[str, ...]:
    program, *words = suite.command
    if program == "python":
        program = str(made / "bin" / "python") if made else "python3"
    return (program, *words)


def _variables(suite: Suite, made: Path | None, trial: Trial) -> dict[str, str]:
    """Little of ours: no secret, and the same on each machine."""
    path = os.environ.get("PATH", _SYSTEM)
    own = {
        "PATH": f"{made / 'bin'}:{path}" if made and not suite.node else path,
        "LANG": "C.UTF-8",
        "CI": "true",
        "RACKHOUSE_RUN": str(trial.run.number),
        "GITHUB_SHA": trial.run.sha,
        "GITHUB_REF": trial.run.ref,
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if suite.node:
        return own
    return own | {"PYTHONPATH": f"{trial.checkout}:{trial.checkout / 'src'}"}
