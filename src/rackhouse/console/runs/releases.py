"""Two releases compared, and going back to one: first what will change, then the change."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rackhouse.console.answers import page, read_body
from rackhouse.console.api import find_application, parse_release
from rackhouse.console.code.links import Links
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.runs.audit import OWNER
from rackhouse.console.runs.code import Code, by_commit, by_file
from rackhouse.console.runs.compare import footing, settings, variables
from rackhouse.console.runs.history import Release, find, live, releases
from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.kit.errors import Refused
from rackhouse.store.forge import AuditRow
from rackhouse.store.protocol import ReleaseStatus

_PATIENCE = 10.0  # seconds for one answer of git's


class Releases:
    """For the owner alone."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """The last one changes what serves."""
        one = "/applications/{name}"
        return [
            Route(f"{one}/compare", owner(self.compare)),
            Route(f"{one}/rollback", owner(self.ask), methods=["GET"]),
            Route(f"{one}/rollback", owner(self.rollback), methods=["POST"]),
        ]

    async def compare(self, request: Request) -> Response:
        """Code, dependencies, variables by name, and what the application file says."""
        app = find_application(self.desk.view, request.path_params["name"])
        found = releases(self.desk, app.name)
        old = find(found, request.query_params.get("old", ""))
        new = find(found, request.query_params.get("new", ""))
        values = await self._differences(old, new)
        return page(request, self.desk, "runs/compare", 200, app=app, releases=found, **values)

    async def ask(self, request: Request) -> Response:
        """What going back to a release would change."""
        app = find_application(self.desk.view, request.path_params["name"])
        found = releases(self.desk, app.name)
        to = find(found, request.query_params.get("release", ""))
        now = live(found)
        if now is None or to.row.status is not ReleaseStatus.OLD:
            word = "is live already" if to is now else f"is {to.row.status.value}"
            raise Refused(
                f"r{to.row.number} of {app.name} {word}", fix="go back to one that served"
            )
        values = await self._differences(now, to)
        return page(request, self.desk, "runs/rollback", 200, app=app, **values)

    async def rollback(self, request: Request) -> Response:
        """Answers when that release serves. Refused when another is live than who asked saw."""
        desk, fields = self.desk, await read_body(request)
        app = find_application(desk.view, request.path_params["name"])
        name, before = app.name, app.release
        seen = parse_release(fields.get("seen", ""))
        if seen is not None and seen != before:
            what = f"r{before} of {name} is live by now, and not r{seen}"
            raise Refused(what, fix="look at its releases again")
        to = parse_release(fields.get("release", ""))
        await desk.actions.rollback(name, to)
        detail = f"from r{before} to r{to}" if to else f"from r{before}"
        thing = f"application/{name}"
        row = AuditRow(at=desk.clock(), who=OWNER, what="went back", thing=thing, detail=detail)
        desk.forge.note(row)
        return RedirectResponse(f"/applications/{quote(name)}?was={before}", 303)

    async def _differences(self, old: Release, new: Release) -> dict[str, object]:
        return {
            "old": old,
            "new": new,
            "sources": await asyncio.to_thread(self._code, old, new),
            "footing": footing(old.app, new.app),
            "variables": variables(old.app, new.app),
            "settings": settings(old.app, new.app),
            "links": Links(new.repository) if new.repository else None,
        }

    def _code(self, old: Release, new: Release) -> Code:
        """By commits where git has both, else by the files of the snapshots."""
        one, two = old.app.release, new.app.release
        if one is None or two is None:
            return Code(known=False)
        if one.digest == two.digest:
            return Code()
        git = Git(folder_of(self.desk.paths, new.repository or "none"), patience=_PATIENCE)
        pushed = by_commit(git, one.commit, two.commit) if one.commit and two.commit else None
        root = self.desk.paths.root
        return pushed or by_file(root / one.snapshot, root / two.snapshot)
