"""Who did what to which thing: pushes, tokens, repositories, runs, releases."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rackhouse.console.answers import page
from rackhouse.console.code.links import Links
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.runs.numbers import paged
from rackhouse.operations.view import RackView
from rackhouse.store.forge import Forge

OWNER = "owner"  # who signed in at the console, in the words of `git push`
_EACH = 50  # rows on a page
_LATEST = 500  # rows from which things are offered to choose from
_OFFERED = 40


class Audit:
    """One page, beside the journal."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """It only reads."""
        return [Route("/journal/people", owner(self.audit))]

    async def audit(self, request: Request) -> Response:
        """The newest first, of all things or of one."""
        forge, thing = self.desk.forge, request.query_params.get("thing", "")
        rows, pages = paged(
            request, _EACH, lambda limit: forge.audit(thing=thing or None, limit=limit)
        )
        latest = dict.fromkeys(row.thing for row in forge.audit(limit=_LATEST))
        things = sorted({*list(latest)[:_OFFERED], thing} - {""})
        places = _places(forge, self.desk.view)
        values = {"rows": rows, "pages": pages, "things": things, "thing": thing, "places": places}
        return page(request, self.desk, "runs/audit", 200, **values)


def _places(forge: Forge, view: RackView) -> dict[str, str]:
    """Things that have a page, with its address."""
    apps = {f"application/{app.name}": f"/applications/{app.name}" for app in view.applications}
    mine = {f"repository/{row.name}": Links(row.name).home for row in forge.repositories()}
    return apps | mine
