"""The page of the network, the picture of its cables, and the rack file with its lines."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rackhouse.console.answers import page
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.network import words
from rackhouse.console.network.chart import Chart, chart
from rackhouse.console.network.drawing import drawn, legend
from rackhouse.console.network.lines import lines
from rackhouse.console.network.measured import Measured, measured, read, stands
from rackhouse.desired.network import advice, cabling, table
from rackhouse.desired.network.fabric import Fabric, fabric
from rackhouse.kit.errors import FileError, Missing
from rackhouse.kit.files import read_text
from rackhouse.rack.model import Rack

_OWN_STYLE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # the picture brings its own
_MOST = 40  # differences in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Cables:
    """What is plugged in where; or `why` that cannot be said."""

    fabric: Fabric | None
    why: tuple[str, ...] = ()


class Network:
    """For the owner alone. Reads; changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/network", owner(self.network)),
            Route("/network/cables.svg", owner(self.cables)),
            Route("/rack-file", owner(self.rack_file)),
        ]

    async def network(self, request: Request) -> Response:
        """Who may reach whom, what packets found, and the cables."""
        file = self.desk.file()
        made = chart(file.rack)
        found, unread = await asyncio.to_thread(self._measured, made)
        return page(
            request,
            self.desk,
            "network/network",
            file=file,
            chart=made,
            found=found,
            unread=unread,
            wrong=found.wrong[:_MOST] if found else (),
            pictures=_pictures(file.rack, made, found),
            legend=legend(measured=found is not None),
            advice=advice.findings(file.rack),
            cables=_cables(file.rack),
            lines=lines(made, found),
            head=table.HEAD,
            rows=table.rows,
            words=words,
        )

    async def cables(self, _: Request) -> Response:
        """What is plugged in where, drawn; Missing says what the rack file would have to."""
        rack = self.desk.file().rack
        found = _cables(rack)
        if found.fabric is None:
            raise Missing("the rack file does not say where cables go", fix=found.why[0])
        text = cabling.render(found.fabric, rack)
        headers = {"content-security-policy": _OWN_STYLE}
        return Response(text, media_type="image/svg+xml", headers=headers)

    async def rack_file(self, request: Request) -> Response:
        """The file with its lines, and what is wrong in them. It is changed elsewhere."""
        file = self.desk.file()
        text = read_text(file.path) if file.path else None
        return page(request, self.desk, "network/file", file=file, lines=(text or "").splitlines())

    def _measured(self, made: Chart) -> tuple[Measured | None, str]:
        matrix, unread = read(self.desk.paths)
        if matrix is None or not made.places:
            return None, unread
        return measured(made, matrix, stands=stands(self.desk.paths)), ""


def _pictures(rack: Rack, made: Chart, found: Measured | None) -> dict[str, Markup]:
    vlans = rack.network.vlans
    pictures = {"file": drawn(made, vlans, "Who may reach whom, as the rack file says")}
    if found:
        pictures["packets"] = drawn(made, vlans, "Who reaches whom, as packets found it", found)
    return pictures


def _cables(rack: Rack) -> Cables:
    try:
        return Cables(fabric=fabric(rack))
    except FileError as error:
        return Cables(fabric=None, why=tuple(f"{p.what}: {p.fix}" for p in error.problems))
