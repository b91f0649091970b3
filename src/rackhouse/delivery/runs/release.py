"""From a checkout that passed to a release that serves: `deploy`, told to the run's log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rackhouse.delivery.deploy import deploy
from rackhouse.delivery.runs.log import Kind, RunLog
from rackhouse.kit.errors import FileError, Locked, Refused
from rackhouse.plan.step import Plan, Step
from rackhouse.store.forge import RunRow
from rackhouse.store.protocol import Result

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

T = TypeVar("T")
PATIENCE = 900.0  # seconds that a run waits for another change of the rack to end
_NOTHING = "nothing-to-run"  # the rule of a folder in which nothing says how to start


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What serves now; `application` is "" where there was nothing to release."""

    application: str = ""
    release: int = 0
    address: str = ""


class Teller:
    """An observer of an apply that tells the log of a run."""

    def __init__(self, log: RunLog, job: str) -> None:
        self._log = log
        self._job = job

    def planned(self, plan: Plan) -> None:
        """Nothing: what is done is said when it is done."""

    def began(self, step: Step) -> None:
        """Nothing yet."""

    def said(self, step: Step, text: str) -> None:
        """It waits for something, or says how far it is."""
        self._log.say(f"{step.id.name}: {text}", job=self._job, step=self._job)

    def ended(self, step: Step, result: Result, why: str) -> None:
        """One line for each thing that was made, changed or removed."""
        if result is not Result.SKIPPED:
            more = f": {why}" if why else ""
            self._log.say(f"{result.value} {step.id}{more}", job=self._job, step=self._job)


async def release(house: OpenRack, run: RunRow, folder: Path, log: RunLog) -> Released:
    """Bring the folder live as the application of this repository. Raises as `deploy`."""
    name = application_of(house, run.repository)
    log.say("release", Kind.GROUP, job="release", step="release")

    async def go() -> Released:
        now = datetime.now().astimezone()
        done = await deploy(
            house,
            folder,
            name=name,
            by=f"push {run.branch} {run.sha[:7]} by {run.who}",
            commit=run.sha,
            observer=Teller(log, "release"),
            now=now,
        )
        if not done.changed:
            log.say(f"{done}: nothing in it has changed", Kind.NOTE, job="release")
        return Released(application=name, release=done.release)

    try:
        return await patiently(go, log)
    except FileError as error:
        if {problem.rule for problem in error.problems} == {_NOTHING}:
            log.say("nothing here says how to start: nothing is released", Kind.NOTE)
            return Released()
        raise


def application_of(house: OpenRack, repository: str) -> str:
    """The application that a repository's default branch is: the one that names it in the rack
    file, else the one of its own name. Refused when that comes from elsewhere.
    """
    for application in house.rack.applications:
        if application.repository == repository:
            return application.name
    for application in house.rack.applications:
        if application.name == repository and (application.folder or application.service):
            raise Refused(
                f"the rack file says that {repository} comes from "
                f"{application.folder or application.service}, not from this repository",
                fix=f"write `{repository}: {{repository: {repository}}}` there, or rename one",
            )
    return repository


async def patiently(act: Callable[[], Awaitable[T]], log: RunLog) -> T:
    """Do it, and while another command is changing the rack, wait and try again."""
    deadline, told = time.monotonic() + PATIENCE, False
    while True:
        try:
            return await act()
        except Locked as error:
            if time.monotonic() > deadline:
                raise
            if not told:
                log.say(f"waiting: {error.what}", Kind.NOTE, job="release")
                told = True
            await asyncio.sleep(0.1)
