"""The tests of a run: the workflows that it triggers, or those that its folder has.

Where there are workflow files, they say what is tested; where there are none, what is in the folder
does. Raises StepFailed with what failed and the last that it said.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.delivery.runner import Isolation, Limits, isolation, sandboxed
from rackhouse.delivery.runs.environments import environment
from rackhouse.delivery.runs.jobs import Trial, run_triggered
from rackhouse.delivery.runs.log import Kind
from rackhouse.delivery.runs.suites import Suite, suites
from rackhouse.delivery.runs.workflows import workflows_of
from rackhouse.kit.errors import Refused, StepFailed
from rackhouse.store.forge import JobRow, RunStatus

_SYSTEM = "/usr/local/bin:/usr/bin:/bin"
_LAST = 12  # lines of a failed test that the reason repeats


async def test(trial: Trial) -> None:
    """Run them all. StepFailed at the first that fails, FileError for a workflow file that is wrong
    or asks for what this rack cannot do, Refused for untrusted jobs that could not be kept apart.
    """
    held = isolation()
    if held.trusted_only and not trial.repository.trusted:
        raise Refused(
            f"{trial.repository.name} is not trusted, and nothing keeps its jobs apart: {held.why}",
            fix=f"rackhouse repository set {trial.repository.name} --trusted, if you do trust it",
        )
    git = Git(folder_of(trial.paths, trial.repository.name))
    found = await workflows_of(trial.checkout, git, trial.run, trial.repository)
    if found.triggered:
        trial.log.say(f"its jobs are {held}", Kind.NOTE)
        await run_triggered(trial, found.triggered)
    elif found.instead:
        trial.log.say("no workflow of the repository is for this push", Kind.NOTE)
    else:
        await _default(trial, held)


async def _default(trial: Trial, held: Isolation) -> None:
    found = suites(trial.checkout)
    trial.log.say(f"its tests are {held}" if found else "there are no tests here", Kind.NOTE)
    for position, suite in enumerate(found):
        job = JobRow(
            run=trial.run.number, position=position, workflow="", name="test", title=suite.title
        )
        await _suite(trial, suite, job)


async def _suite(trial: Trial, suite: Suite, job: JobRow) -> None:
    def say(text: str) -> None:
        trial.log.say(text, job=suite.title, step=suite.title)

    trial.log.say(suite.title, Kind.GROUP, job=suite.title, step=suite.title)
    job = replace(job, status=RunStatus.RUNNING, began=time.time())
    trial.on_job(job)
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
        trial.on_job(replace(failed, ended=time.time()))
        raise
    trial.on_job(replace(job, status=RunStatus.PASSED, ended=time.time()))


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
