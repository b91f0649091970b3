"""Which pages of repositories there are, and how each is made: git is asked in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rackhouse.console.answers import page
from rackhouse.console.code.asked import Asked, look_up
from rackhouse.console.code.browse import files
from rackhouse.console.code.history import commit, commits, compare
from rackhouse.console.code.home import Look, branches, home
from rackhouse.console.code.links import Links, read_query
from rackhouse.console.code.painter import Painter
from rackhouse.console.code.raw import download
from rackhouse.console.code.words import shown
from rackhouse.console.desk import Desk
from rackhouse.console.gate import Handler, owner
from rackhouse.delivery.repositories.manage import known
from rackhouse.delivery.repositories.parse import Entry
from rackhouse.kit.errors import Missing
from rackhouse.store.forge import RepositoryRow

_AT_ONCE = 2  # pages that are made; others wait, and the rest of the console does not
_RUNS = 200  # of a repository, looked through for the commits of a page
_FORGE = "forge"  # the route at which git finds the repositories

Found = TypeVar("Found")


class Code:
    """The pages of repositories, for the owner alone."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._painter = Painter()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="code")

    def routes(self) -> list[Route]:
        """All of them read; none changes anything."""
        looks = {
            "": home,
            "/files": files,
            "/commits": commits,
            "/commits/{sha}": commit,
            "/branches": branches,
            "/compare": compare,
        }
        one = "/repositories/{name}"
        return [
            Route("/repositories", owner(self.all)),
            *(Route(f"{one}{place}", owner(self._page(look))) for place, look in looks.items()),
            Route(f"{one}/raw", owner(self.raw)),
        ]

    async def all(self, request: Request) -> Response:
        """Every repository, with its last push and what became of it."""
        forge, view = self.desk.forge, self.desk.view
        rows = forge.repositories()
        last = {
            row.name: next(iter(forge.runs(repository=row.name, limit=1)), None) for row in rows
        }
        values = {"rows": rows, "last": last, "links": {row.name: Links(row.name) for row in rows}}
        apps = {app.name: app for app in view.applications}
        return page(
            request, self.desk, "code/all", 200, apps=apps, clone=self._clone("NAME"), **values
        )

    async def raw(self, request: Request) -> Response:
        """A file as it is."""
        row, words = self._asked(request)

        def look() -> tuple[Asked, Entry]:
            asked = look_up(row, self.desk.paths, words)
            entry = asked.git.entry(asked.sha, asked.path) if asked.sha and asked.path else None
            if entry is None or entry.kind != "blob":
                raise Missing(f"there is no file {shown(asked.path)!r} in {row.name}")
            return asked, entry

        asked, entry = await self._in_thread(look)
        return download(asked.git, entry)

    def _page(self, look: Callable[[Asked, Painter], Look]) -> Handler:
        async def handler(request: Request) -> Response:
            row, words = self._asked(request)
            around = self._around(row)

            def make() -> Response:
                asked = look_up(row, self.desk.paths, words)
                template, values = look(asked, self._painter)
                return page(
                    request,
                    self.desk,
                    template,
                    200,
                    asked=asked,
                    links=asked.links,
                    row=row,
                    **around,
                    **values,
                )

            return await self._in_thread(make)

        return handler

    async def _in_thread(self, work: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _asked(self, request: Request) -> tuple[RepositoryRow, dict[str, str]]:
        try:
            words = read_query(request.scope["query_string"])
        except ValueError as error:
            raise HTTPException(400, "too many words in this address") from error
        row = known(self.desk.forge, request.path_params["name"])
        return row, {**words, **request.path_params}

    def _around(self, row: RepositoryRow) -> dict[str, object]:
        """What the rack knows of a repository: its application, previews, runs, address."""
        forge, view = self.desk.forge, self.desk.view
        runs = forge.runs(repository=row.name, limit=_RUNS)
        previews = [each for each in forge.previews() if each.repository == row.name]
        return {
            "app": view.application(row.name),
            "previews": {each.ref: view.application(each.application) for each in previews},
            "runs": {run.sha: run for run in reversed(runs)},
            "clone": self._clone(row.name),
        }

    def _clone(self, name: str) -> str:
        """Where git finds it; "" where no git is."""
        route = next((r for r in self.desk.view.routes if r.application == _FORGE), None)
        origin = (route.url or route.plain) if route else ""
        return f"{origin.rstrip('/')}/{name}.git" if origin else ""
