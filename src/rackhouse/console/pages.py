"""The pages a person looks at. Rendered here, whole, so that they work without any script."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rackhouse.console.answers import page, read_body
from rackhouse.console.api import find_application, find_part
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.links import device_links
from rackhouse.console.picture import narrow, sparkline, wide
from rackhouse.console.runs.history import releases
from rackhouse.console.runs.numbers import number
from rackhouse.kit.errors import Missing
from rackhouse.kit.text import format_bytes
from rackhouse.operations.logs import Line, tail
from rackhouse.operations.view import UnitView
from rackhouse.resources.machine import Access

_LINES = 200  # of a log, before the script goes on
_APPLIES = 30


class Pages:
    """The rack, an application, a part, the journal; and the buttons on them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """For the owner alone: anybody else is asked to sign in."""
        return [
            Route("/", owner(self.rack)),
            Route("/applications/{name}", owner(self.application)),
            Route("/parts/{name}", owner(self.part)),
            Route("/journal", owner(self.journal)),
            Route("/applications/{name}/retry", owner(self.retry), methods=["POST"]),
            Route("/applications/{name}/let-in", owner(self.let_in), methods=["POST"]),
            Route("/parts/{name}/retry", owner(self.retry), methods=["POST"]),
        ]

    async def rack(self, request: Request) -> Response:
        """The picture, and the same in words."""
        view = self.desk.view
        pictures = {"wide": wide(view), "narrow": narrow(view)}
        return page(request, self.desk, "rack", view=view, pictures=pictures)

    async def application(self, request: Request) -> Response:
        """Releases, processes, use, environment, logs."""
        view = self.desk.view
        app = find_application(view, request.path_params["name"])
        routes = [route for route in view.routes if route.application == app.name]
        return page(
            request,
            self.desk,
            "application",
            view=view,
            app=app,
            routes=routes,
            repository=self.desk.forge.repository(app.name),
            releases=releases(self.desk, app.name),
            was=number(request, "was", 0),
            use=self._use(app.processes),
            lines=self._lines(app.name),
        )

    async def part(self, request: Request) -> Response:
        """What it is, what it uses, who uses it, and its log."""
        view = self.desk.view
        part = find_part(view, request.path_params["name"])
        users = [a for a in view.applications if any(n.part == part.name for n in a.needs)]
        return page(
            request,
            self.desk,
            "part",
            view=view,
            part=part,
            users=users,
            use=self._use([part]),
            lines=self._lines(part.name),
        )

    async def journal(self, request: Request) -> Response:
        """Who changed what, and how each step ended."""
        applies = self.desk.store.journal(_APPLIES)
        return page(request, self.desk, "journal", view=self.desk.view, applies=applies)

    async def retry(self, request: Request) -> Response:
        """The button beside a unit that is given up."""
        fields = await read_body(request)
        self.desk.actions.retry(fields.get("unit", ""))
        return RedirectResponse(request.scope["path"].removesuffix("/retry"), 303)

    async def let_in(self, request: Request) -> Response:
        """An address for a phone on the network: good once, for ten minutes, or public."""
        desk, name = self.desk, request.path_params["name"]
        await read_body(request)
        app = find_application(desk.view, name)
        route = next((r for r in desk.view.routes if r.application == name and r.lan_port), None)
        if route is None:
            raise Missing(f"{name} is not open to the network", fix="give it `exposure: lan`")
        links = device_links(desk.paths, route, desk.own(), desk.clock())
        asks = route.access is Access.SIGNED_IN
        return page(request, desk, "let-in", view=desk.view, app=app, links=links, asks=asks)

    def _use(self, units: Sequence[UnitView]) -> dict[str, object]:
        """Memory and processor over the last quarter of an hour, drawn and in words."""
        names = [unit.name for unit in units]
        memory, cpu = self.desk.watch.history.memory(names), self.desk.watch.history.cpu(names)
        used = sum(unit.memory for unit in units)
        most = format_bytes(max([*memory, used]))
        return {
            "memory": format_bytes(used),
            "most_memory": most,
            "cpu": f"{cpu[-1] if cpu else 0:.2f}",
            "most_cpu": f"{max(cpu, default=0):.2f}",
            "memory_line": sparkline(memory, f"Memory over time, {most} at most"),
            "cpu_line": sparkline(cpu, "Processor cores used over time"),
        }

    def _lines(self, name: str) -> list[Line]:
        try:
            return tail(self.desk.paths, [name], _LINES)
        except Missing:
            return []  # it has said nothing yet
