"""Runs workflow files by act, each in a sandbox of its own, from a clean clone.

act runs steps as programs of this machine ("self-hosted"); it needs no container engine. What it
lacks is ours: apartness, limits, `services:`, and actions for those that nearly everyone uses.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rackhouse.delivery.runner.book import MAIN, Book, book
from rackhouse.delivery.runner.checkout import Checkout, event, variables
from rackhouse.delivery.runner.jobs import ROOM, Jobs, OnJob
from rackhouse.delivery.runner.limits import Limits
from rackhouse.delivery.runner.mask import masker
from rackhouse.delivery.runner.private import remove
from rackhouse.delivery.runner.rewrite import rewrite
from rackhouse.delivery.runner.sandbox import sandboxed
from rackhouse.delivery.runner.servers import OwnServers
from rackhouse.delivery.runner.services import Services, servers_of
from rackhouse.delivery.runner.speech import Listener
from rackhouse.delivery.runner.standins import ACTIONS, mappings
from rackhouse.delivery.runner.variables import environment
from rackhouse.delivery.runs.log import Kind, RunLog
from rackhouse.kit.binaries import find_act, find_tools
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.files import make_folder, write_atomic
from rackhouse.resources.core import Hidden
from rackhouse.store.forge import RunStatus
from rackhouse.workflows import Triggered
from rackhouse.workflows.offers import LABELS

AT_ONCE = 2  # workflow files of one run
_SECRETS = "secrets.yml"  # JSON is YAML, and has no rules of its own for `$` and quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What all files of one run share."""

    checkout: Checkout
    number: int
    folder: Path
    caches: Path
    secrets: Mapping[str, Hidden]
    hide: Sequence[Path]
    services: Services
    limits: Limits
    log: RunLog
    mask: Callable[[str], str]


async def run_workflows(
    checkout: Checkout,
    triggered: Sequence[Triggered],
    *,
    number: int,
    folder: Path,
    caches: Path,
    secrets: Mapping[str, Hidden],
    hide: Sequence[Path],
    limits: Limits,
    log: RunLog,
    on_job: OnJob,
    services: Services | None = None,
) -> str:
    """Run them to their end, `AT_ONCE` at a time; answer "" or, in one line, why not passed.

    `folder` (runs/NUMBER) gets `artifacts` and, while it runs, `act`; `caches` a folder for this
    repository. `limits` are for each file. Nothing that it started is left when it returns, raises
    or is cancelled.
    """
    mask = masker(secret.reveal() for secret in secrets.values())
    work = _Work(
        checkout=checkout,
        number=number,
        folder=folder,
        caches=caches / "runs" / checkout.repository,
        secrets=secrets,
        hide=hide,
        services=services or OwnServers(hide, limits),
        limits=limits,
        log=log,
        mask=mask,
    )
    for place in (work.caches, folder / "artifacts"):
        make_folder(place)
    books = [book(checkout.folder, it.workflow) for it in triggered]
    boards = [Jobs(pages, number, at * ROOM, on_job) for at, pages in enumerate(books)]
    gate = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                _one(replace(work, checkout=replace(checkout, event=it.event)), pages, jobs, gate)
            )
            for it, pages, jobs in zip(triggered, books, boards, strict=True)
        ]
    return next((reason for task in tasks if (reason := task.result())), "")


async def _one(work: _Work, pages: Book, jobs: Jobs, gate: asyncio.Semaphore) -> str:
    async with gate:
        try:
            reason = await _act(work, pages, jobs)
        except asyncio.CancelledError:
            jobs.close(RunStatus.CANCELLED, "")
            raise
        except RackhouseError as error:
            reason = work.mask(error.what)
            work.log.say(work.mask(str(error)), Kind.ERROR)
            jobs.close(RunStatus.FAILED, reason)
            return f"{pages[MAIN].workflow.path}: {reason}"
        jobs.close(RunStatus.FAILED, reason)
        return reason


async def _act(work: _Work, pages: Book, jobs: Jobs) -> str:
    listener = Listener(pages, jobs, work.log, work.mask, own=not work.checkout.real_actions)
    clone = work.checkout.folder
    servers, ports = servers_of([page.workflow for page in pages.values()], work.secrets)
    in_turn = any(one.users > 1 for one in servers.values())
    with _desk(work.folder) as desk:
        texts = {
            copy: rewrite(
                page.text,
                ports,
                in_turn=in_turn,
                calls=page.calls(clone, desk),
                called=bool(page.callers),
            )
            for copy, page in pages.items()
        }
        await _lay_out(desk, work, texts)
        async with work.services(servers, desk, partial(work.log.say, kind=Kind.NOTE)):
            done = await sandboxed(
                _argv(work, desk, texts.values(), in_turn=in_turn),
                folder=desk,
                env=_environment(work),
                writable=(work.folder / "artifacts", work.caches),
                readable=(clone, ACTIONS),
                hide=work.hide,
                limits=work.limits,
                say=partial(_hear, listener, desk / _SECRETS),
            )
    if done.code == 0:
        return ""
    failed = next((f"job {row.title}: {row.why or 'failed'}" for row in jobs.failed()), "")
    return (
        failed or f"{pages[MAIN].workflow.path}: {listener.trouble or 'act ended without a word'}"
    )


@contextlib.contextmanager
def _desk(folder: Path) -> Iterator[Path]:
    """A folder for one file: what act is told, and the copies of the clone for its jobs."""
    make_folder(folder)
    desk = Path(tempfile.mkdtemp(prefix="act.", dir=folder))
    try:
        yield desk
    finally:
        remove(desk)


async def _lay_out(desk: Path, work: _Work, texts: Mapping[str, str]) -> None:
    secrets = {name: secret.reveal() for name, secret in work.secrets.items()}
    told = json.dumps(await event(work.checkout))
    files = {**texts, "event.json": told, _SECRETS: json.dumps(secrets)}
    for name, content in files.items():
        write_atomic(desk / name, content, sync=False)


def _hear(listener: Listener, secrets: Path, line: str) -> None:
    listener.hear(line)
    if listener.begun:  # act has read them, and no step needs to find them
        secrets.unlink(missing_ok=True)


def _argv(work: _Work, desk: Path, texts: Iterable[str], *, in_turn: bool) -> tuple[str, ...]:
    checkout, nothing = work.checkout, os.devnull
    platforms = (f"-P{label}=-self-hosted" for label in LABELS)
    known = (f"--env={k}={v}" for k, v in variables(checkout, work.number).items())
    own = () if checkout.real_actions else mappings(checkout.folder, texts)
    ours = (f"--local-repository={one}" for one in own)
    return (
        *(find_act(), checkout.event, "--json", *platforms, *ours, *known),
        *("--directory", str(checkout.folder), "--workflows", str(desk / MAIN)),
        *("--eventpath", str(desk / "event.json"), "--secret-file", str(desk / _SECRETS)),
        # else it would read these from the repository: .env, .vars, .input
        *("--env-file", nothing, "--var-file", nothing, "--input-file", nothing),
        *("--action-cache-path", str(desk / "jobs"), "--no-cache-server"),
        *("--artifact-server-addr", "127.0.0.1", "--cache-server-addr", "127.0.0.1"),
        *("--container-daemon-socket", "-", "--defaultbranch", checkout.default_branch),
        *("--actor", checkout.who, *(("--concurrent-jobs", "1") if in_turn else ())),
    )


def _environment(work: _Work) -> dict[str, str]:
    own = {
        "RACKHOUSE_RUN": str(work.number),
        "RACKHOUSE_PYTHON": sys.executable,
        "RACKHOUSE_UV": find_tools()["uv"],
        "RACKHOUSE_ACTIONS": str(ACTIONS),
        "RACKHOUSE_ARTIFACTS": str(work.folder / "artifacts"),
        "RACKHOUSE_CACHES": str(work.caches / "saved"),
    }
    found = environment(work.caches) | own
    last = {"PATH": f"{found['PATH']}{os.pathsep}{ACTIONS / 'bin'}"}
    return found | last | {"BASH_ENV": str(ACTIONS / "bash_env")}
