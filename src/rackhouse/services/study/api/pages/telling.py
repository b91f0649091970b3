"""What is told while an answer is made, as pieces of a page. A template writes each of them."""

from __future__ import annotations

import msgspec

from rackhouse.kit.web.problem import Problem
from rackhouse.services.study.api.pages.desk import Desk
from rackhouse.services.study.model.answer import Answer, Heading, Quote, Said
from rackhouse.services.study.service.events import Event, Restart, Status


class Telling:
    """For the script of the asking page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def written(self, told: Event | Answer | Problem) -> tuple[str, bytes] | None:
        """The name of an event and its data; None for what is not shown."""
        match told:
            case Status(text=text):
                return _event("status", text=text)
            case Heading() | Said() | Quote():
                return _event("part", html=self._desk.part("part", part=told))
            case Restart(why=why):
                return _event("restart", text=why)
            case Answer():
                html = self._desk.part("turn", question=told.question, answer=told)
                return _event("done", html=html, conversation=told.conversation)
            case Problem():
                return _event("error", html=self._desk.part("fault", problem=told))
        return None


def _event(name: str, **data: str) -> tuple[str, bytes]:
    return name, msgspec.json.encode(data)
