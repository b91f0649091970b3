"""From a checkout that passed to a release that serves: `deploy`, told to the run's log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rackhouse.app.model import App
from rackhouse.delivery.address import address
from rackhouse.delivery.deploy import as_it_is, deploy
from rackhouse.delivery.previews import close, lifetime, preview_name, previewed
from rackhouse.delivery.runs.log import Kind, RunLog
from rackhouse.kit.errors import FileError, Locked, RackhouseError, Refused
from rackhouse.kit.text import format_seconds
from rackhouse.plan.step import Plan, Step, Verb
from rackhouse.store.forge import Forge, PreviewRow, RunRow
from rackhouse.store.protocol import Result

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack

T = TypeVar("T")
PATIENCE = 900.0  # seconds that a run waits for another change of the rack to end
_WORDS = {
    (Verb.CREATE, "packages"): "installed",
    (Verb.CREATE, "source"): "made",
    (Verb.CREATE, "database"): "made database",
    (Verb.CREATE, "bucket"): "made bucket",
    (Verb.CREATE, "job"): "ran",
    (Verb.CREATE, "process"): "answers:",
    (Verb.CREATE, "route"): "routed:",
    (Verb.UPDATE, "route"): "routed:",
    (Verb.DELETE, "process"): "stopped",
}
_NOTHING = "nothing-to-run"  # the rule of a folder in which nothing says how to start


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What serves now; `application` is "" where there was nothing to release. `at`: since when, in
    Unix seconds; what it replaced leaves after that.
    """

    application: str = ""
    release: int = 0
    address: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What passed its tests: `folder` is the checkout of that run."""

    house: OpenRack
    run: RunRow
    folder: Path
    log: RunLog


class Teller:
    """An observer of an apply that tells the log of a run. `routed`: since when it is called."""

    def __init__(self, log: RunLog, job: str) -> None:
        self._log = log
        self._job = job
        self.routed = 0.0

    def planned(self, plan: Plan) -> None:
        """Nothing: what is done is said when it is done."""

    def began(self, step: Step) -> None:
        """Nothing yet."""

    def said(self, step: Step, text: str) -> None:  # noqa: ARG002 - the text names it
        """It waits for something, or says how far it is."""
        self._say(text)

    def ended(self, step: Step, result: Result, why: str) -> None:
        """One line for what people know by name, and for whatever failed."""
        if result is Result.FAILED:
            self._say(f"failed: {step.id}: {why}")
        elif result is Result.DONE and (word := _WORDS.get((step.verb, step.id.kind))):
            self._say(f"{word} {step.id.name}")
            if step.id.kind == "route":
                self.routed = time.time()

    def _say(self, text: str) -> None:
        self._log.say(text, job=self._job, step=self._job)


async def release(it: Candidate) -> Released:
    """Bring it live as the application of its repository. Raises as `deploy`."""
    return await _bring(it, application_of(it.house, it.run.repository), as_it_is)


async def preview(it: Candidate, forge: Forge) -> Released:
    """Bring it live beside that, under a name of the branch's own. A first release that fails
    leaves nothing behind.
    """
    parent = application_of(it.house, it.run.repository)
    name = preview_name(parent, it.run.branch)
    first = all(row.application != name for row in forge.previews())
    kept = 0.0

    def adjust(app: App) -> App:
        nonlocal kept
        kept, now = lifetime(app), time.time()
        row = PreviewRow(
            application=name,
            repository=it.run.repository,
            ref=it.run.ref,
            parent=parent,
            made=now,
            expires=now + kept,
        )
        forge.put_preview(row)
        return previewed(app, first=first)

    try:
        done = await _bring(it, name, adjust)
    except RackhouseError:
        if first:
            await patiently(lambda: close(it.house, forge, name, _now()), it.log)
        raise
    if done.application:
        it.log.say(f"a preview, kept for {format_seconds(kept)} after the last push", Kind.NOTE)
    return done


async def _bring(it: Candidate, name: str, adjust: Callable[[App], App]) -> Released:
    house, run, log = it.house, it.run, it.log
    log.say("release", Kind.GROUP, job="release", step="release")

    async def go() -> Released:
        teller = Teller(log, "release")
        done = await deploy(
            house,
            it.folder,
            name=name,
            by=f"push {run.branch} {run.sha[:7]} by {run.who}",
            commit=run.sha,
            adjust=adjust,
            observer=teller,
            now=_now(),
        )
        if not done.changed:
            log.say(f"{done}: nothing in it has changed", Kind.NOTE, job="release")
        return Released(
            application=name,
            release=done.release,
            address=address(house, name),
            at=teller.routed or time.time(),
        )

    try:
        return await patiently(go, log)
    except FileError as error:
        if {problem.rule for problem in error.problems} == {_NOTHING}:
            log.say("nothing here says how to start: nothing is released", Kind.NOTE)
            return Released()
        raise


def _now() -> datetime:
    return datetime.now().astimezone()


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
