"""Every run, one run whole, its log as text, and the buttons on it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from rackhouse.console.answers import page, read_body
from rackhouse.console.code.links import Links
from rackhouse.console.code.words import shown
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.runs.ansi import plain
from rackhouse.console.runs.artifacts import Artifacts
from rackhouse.console.runs.audit import OWNER, Audit
from rackhouse.console.runs.drawing import narrow, wide
from rackhouse.console.runs.numbers import number, paged, parse
from rackhouse.console.runs.releases import Releases
from rackhouse.console.runs.sheet import Sheet, job_id
from rackhouse.console.runs.show import Show
from rackhouse.console.runs.stages import columns
from rackhouse.console.runs.state import blamed, busy, took
from rackhouse.console.runs.stream import follow
from rackhouse.console.runs.tail import Tail, read_window
from rackhouse.console.streams import Streams
from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.delivery.runner import artifacts
from rackhouse.delivery.runs import control
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.kit.errors import Missing, RackhouseError
from rackhouse.store.forge import OPEN, JobRow, RunRow

_EACH = 40  # runs on a page
_TEXT = 1000  # lines in one piece of the whole log


def routes(desk: Desk, streams: Streams) -> list[Route]:
    """Runs, releases compared, and who did what."""
    runs, kept = Runs(desk, streams).routes(), Artifacts(desk).routes()
    return [*runs, *kept, *Releases(desk).routes(), *Audit(desk).routes()]


class Runs:
    """The pages of runs, for the owner alone."""

    def __init__(self, desk: Desk, streams: Streams) -> None:
        self.desk = desk
        self.streams = streams

    def routes(self) -> list[Route]:
        """Two of them change something."""
        one = "/runs/{number}"
        return [
            Route("/runs", owner(self.all)),
            Route(one, owner(self.one)),
            Route(f"{one}/log", owner(self.log)),
            Route(f"{one}/events", owner(self.events)),
            Route(f"{one}/cancel", owner(self.cancel), methods=["POST"]),
            Route(f"{one}/again", owner(self.again), methods=["POST"]),
        ]

    async def all(self, request: Request) -> Response:
        """The newest first, of all repositories or of one."""
        forge, repository = self.desk.forge, request.query_params.get("repository", "")
        rows, pages = paged(
            request, _EACH, lambda limit: forge.runs(repository=repository or None, limit=limit)
        )
        names = sorted({row.name for row in forge.repositories()} | {repository} - {""})
        values = {"rows": rows, "pages": pages, "names": names, "repository": repository}
        links = {row.repository: Links(row.repository) for row in rows}
        return page(request, self.desk, "runs/all", 200, links=links, took=took, **values)

    async def one(self, request: Request) -> Response:
        """What became of it, its jobs drawn and in words, and its log."""
        run = self._run(request)
        rows, now = self.desk.forge.jobs(run.number), self.desk.clock()
        stages, label = columns(run, rows, now), f"The jobs of run {run.number}, drawn"
        log = {} if request.query_params.get("log") == "no" else await self._log(request, run, rows)
        return page(
            request,
            self.desk,
            "runs/run",
            run=run,
            rows=rows,
            open=run.status in OPEN,
            subject=await asyncio.to_thread(_subject, self._repository(run), run.sha),
            pictures={"wide": wide(stages, label), "narrow": narrow(stages, label)},
            stages=stages,
            links=Links(run.repository),
            kept=artifacts(run_folder(self.desk.paths, run.number)),
            took=took,
            job_id=job_id,
            log=log,
        )

    async def log(self, request: Request) -> Response:
        """All that it said, as text."""
        lines = _text(run_folder(self.desk.paths, self._run(request).number))
        return StreamingResponse(lines, media_type="text/plain; charset=utf-8")

    async def events(self, request: Request) -> Response:
        """What it says from now on: see `stream`."""
        run, last = self._run(request), request.headers.get("last-event-id", "")
        after = parse(last, number(request, "after", 0))
        first = max(1, number(request, "first", 1))
        return self.streams.events(follow(self.desk, run.number, first=first, after=after))

    async def cancel(self, request: Request) -> Response:
        """The button of a run that is not over."""
        run = self._run(request)
        await read_body(request)
        desk = self.desk
        control.cancel(desk.forge, desk.paths, run.number, who=OWNER, now=desk.clock())
        return RedirectResponse(f"/runs/{run.number}", 303)

    async def again(self, request: Request) -> Response:
        """The button of one that is: leads to the new run."""
        run = self._run(request)
        await read_body(request)
        made = control.again(self.desk.forge, run.number, who=OWNER, now=self.desk.clock())
        return RedirectResponse(f"/runs/{made.number}", 303)

    async def _log(
        self, request: Request, run: RunRow, rows: Sequence[JobRow]
    ) -> dict[str, object]:
        line = number(request, "line", 0)
        folder = run_folder(self.desk.paths, run.number)
        window = await asyncio.to_thread(read_window, folder, line)
        sheet = Sheet(window.lines)
        failed, running = blamed(run, rows, sheet), busy(run, rows, sheet)
        show = Show(
            self.desk.templates,
            run.number,
            addressed=not window.whole or run.status in OPEN,
            opened=failed | running | _holding(sheet, line),
            failed=failed,
            running=running,
        )
        goes_on = run.status in OPEN and window.last == window.total
        html = await asyncio.to_thread(show.log, sheet.blocks)
        jobs = frozenset(sheet.jobs)
        return {"window": window, "html": html, "jobs": jobs, "goes_on": goes_on}

    def _run(self, request: Request) -> RunRow:
        word = request.path_params["number"]
        if not (found := parse(word, 0)):
            raise Missing(f"there is no run {shown(word)!r}")
        return control.find(self.desk.forge, found)

    def _repository(self, run: RunRow) -> Git:
        return Git(folder_of(self.desk.paths, run.repository), patience=5.0)


def _subject(git: Git, sha: str) -> str:
    """What its commit is about; "" where that is not there any more."""
    try:
        return git.commit(sha).subject
    except RackhouseError:
        return ""


def _holding(sheet: Sheet, line: int) -> set[str]:
    steps = (step for block in sheet.blocks for step in block.steps)
    return {s.id for s in steps if line and any(it.number == line for it in s.lines)}


def _text(folder: Path) -> Iterator[str]:
    tail = Tail(folder)
    while lines := tail.read(_TEXT):
        yield "".join(f"{plain(it.line.text)}\n" for it in lines)
