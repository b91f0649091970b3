"""The page of a what-if, and how a report looks."""

from __future__ import annotations

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rackhouse.console.answers import page
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.whatif.asked import FIELDS, Asked, asked, choices, new_machine
from rackhouse.kit.errors import RackhouseError
from rackhouse.rack.boards import BOARDS
from rackhouse.rack.model import Rack
from rackhouse.rack.whatif import Change, losses, report, sentences
from rackhouse.rack.whatif.page import sections
from rackhouse.rack.whatif.style import REPORT
from rackhouse.rack.whatif.words import change
from rackhouse.rack.words import Disk


class WhatIf:
    """For the owner alone. Reads the rack file; changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """The page and its style."""
        return [
            Route("/what-if", owner(self.whatif)),
            Route("/what-if.css", owner(self.style)),
        ]

    async def whatif(self, request: Request) -> Response:
        """The question as boxes to tick, and the answer. A machine that the form describes is
        taken into the address, so that the address is the whole question.
        """
        file, query = self.desk.file(), request.query_params
        question, wrong = asked(query), ""
        if new := new_machine(query):
            larger = Asked(without=question.without, added=(*question.added, new))
            wrong = _wrong(file.rack, larger)
            if not wrong:
                return RedirectResponse(larger.address, 303)
        wrong = _wrong(file.rack, question) or wrong
        made = Change() if _wrong(file.rack, question) else _change(file.rack, question)
        found = report(file.rack, made)
        singly = losses(file.rack) if made == Change() else ()
        return page(
            request,
            self.desk,
            "whatif/whatif",
            file=file,
            question=question,
            wrong=wrong,
            typed={name: query.get(name, "") if wrong else "" for name in FIELDS},
            choices=choices(file.rack),
            boards=tuple(BOARDS),
            disks=tuple(str(disk) for disk in Disk),
            title=sentences.title(made),
            verdict=sentences.verdict(found),
            sections=[(heading, Markup(html)) for heading, html in sections(found, singly)],  # noqa: S704 -- escaped by `sections`
        )

    async def style(self, _: Request) -> Response:
        """The look of a report, the same as on the page that `what-if --html` writes."""
        return Response(REPORT, media_type="text/css")


def _change(rack: Rack, question: Asked) -> Change:
    return change(rack, question.without, question.added)


def _wrong(rack: Rack, question: Asked) -> str:
    """Why a question cannot be asked; "" when it can."""
    try:
        _change(rack, question)
    except RackhouseError as error:
        return f"{error.what}; {error.fix}"
    return ""
