"""The page of the machines, with the rack as a picture."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rackhouse.console.answers import page
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.machines.sheet import device, machines, strangers
from rackhouse.console.picture import machines as pictures
from rackhouse.console.picture.colours import colour_of


class Machines:
    """For the owner alone. Reads; changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """The one page."""
        return [Route("/machines", owner(self.machines))]

    async def machines(self, request: Request) -> Response:
        """Every machine of the rack file, drawn and in words."""
        file, store = self.desk.file(), self.desk.store
        found = machines(file.rack, store)
        marks = {each.node.name: each.tone for each in found}
        ids = [vlan.id for vlan in file.rack.network.vlans]
        return page(
            request,
            self.desk,
            "machines/machines",
            file=file,
            machines=found,
            device=device(file.rack, store),
            strangers=strangers(file.rack, store),
            colours={id: colour_of(id, ids) for id in ids},
            pictures=pictures(self.desk.view, marks),
        )
