"""The HTTP API, under /api/v1. Reads almost everything, changes little. Each answer is a view."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rackhouse.console.actions import PlanAnswer
from rackhouse.console.answers import data, read_body
from rackhouse.console.desk import Desk
from rackhouse.console.guard import visit_of
from rackhouse.console.streams import Streams
from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.text import did_you_mean
from rackhouse.operations.logs import follow, tail, units_of
from rackhouse.operations.view import AppView, PartView, RackView
from rackhouse.store.protocol import ApplyRow

ROOT = "/api/v1"
_MOST = 5000  # lines or applies in one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A parameter after the question mark."""

    name: str
    about: str
    kind: Literal["string", "integer"] = "string"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked. `answer` is a view, a tuple of views, or a media type."""

    name: str  # of the method of `Api`
    path: str
    about: str
    answer: Any = None
    verb: str = "GET"
    queries: tuple[Query, ...] = ()
    fields: tuple[Query, ...] = ()  # of the body


_COUNT = Query(name="count", about="How many lines of each unit.", kind="integer")
_LIMIT = Query(name="limit", about="How many applies, newest first.", kind="integer")
_UNIT = Query(name="unit", about="The unit, as `status` names it.")
_TO = Query(name="release", about="Its number; the last that served when left out.", kind="integer")
_LAST = "Changes as they happen (server-sent events); go on with Last-Event-ID."

OPERATIONS = (
    Operation(name="status", path="/status", about="The whole rack.", answer=RackView),
    Operation(
        name="applications",
        path="/applications",
        about="Every application.",
        answer=tuple[AppView, ...],
    ),
    Operation(
        name="application", path="/applications/{name}", about="One application.", answer=AppView
    ),
    Operation(name="part", path="/parts/{name}", about="One part.", answer=PartView),
    Operation(
        name="logs",
        path="/logs/{name}",
        about="The last lines of a part, an application or a unit.",
        answer="text/plain",
        queries=(_COUNT,),
    ),
    Operation(
        name="follow",
        path="/logs/{name}/follow",
        about="The same, and what is said from then on (server-sent events).",
        answer="text/event-stream",
        queries=(_COUNT,),
    ),
    Operation(name="events", path="/events", about=_LAST, answer="text/event-stream"),
    Operation(
        name="journal",
        path="/journal",
        about="Who changed what, and when.",
        answer=tuple[ApplyRow, ...],
        queries=(_LIMIT,),
    ),
    Operation(
        name="plan", path="/plan", about="What an apply would do. Seconds.", answer=PlanAnswer
    ),
    Operation(
        name="rollback",
        path="/applications/{name}/rollback",
        about="Go back to an earlier release.",
        answer=AppView,
        verb="POST",
        fields=(_TO,),
    ),
    Operation(
        name="retry",
        path="/retry",
        about="Try a unit that is given up again now.",
        answer=RackView,
        verb="POST",
        fields=(_UNIT,),
    ),
)


class Api:
    """The handlers, one per operation."""

    def __init__(self, desk: Desk, streams: Streams) -> None:
        self.desk = desk
        self.streams = streams

    def routes(self) -> list[Route]:
        """What the table says, for the owner alone."""
        return [
            Route(ROOT + each.path, _owner(getattr(self, each.name)), methods=[each.verb])
            for each in OPERATIONS
        ]

    async def status(self, _: Request) -> Response:
        """`RackView`."""
        return data(self.desk.view)

    async def applications(self, _: Request) -> Response:
        """`AppView` of each."""
        return data(self.desk.view.applications)

    async def application(self, request: Request) -> Response:
        """`AppView` of one."""
        return data(find_application(self.desk.view, request.path_params["name"]))

    async def part(self, request: Request) -> Response:
        """`PartView` of one."""
        return data(find_part(self.desk.view, request.path_params["name"]))

    async def logs(self, request: Request) -> Response:
        """Lines, with the unit's name before each when there are several."""
        name, count = request.path_params["name"], _number(request, "count", 100)
        lines = tail(self.desk.paths, [name], count)
        several = len({line.unit for line in lines}) > 1
        text = (f"{line.unit}  {line.text}\n" if several else f"{line.text}\n" for line in lines)
        return PlainTextResponse("".join(text))

    async def follow(self, request: Request) -> Response:
        """`{"unit": ..., "text": ...}` for each line."""
        name, count = request.path_params["name"], _number(request, "count", 100)
        view = self.desk.view
        known = view.part(name) or view.application(name)
        if not known:
            units_of(self.desk.paths, [name])  # Missing while it can still be said
        lines = follow(self.desk.paths, [name], count, patient=bool(known))
        return self.streams.lines(lines)

    async def events(self, request: Request) -> Response:
        """`rack`, `part`, `application`, `apply`, and `reset` for who has missed some."""
        last = request.headers.get("last-event-id", "")
        return self.streams.events(self.desk.watch.feed.read(last))

    async def journal(self, request: Request) -> Response:
        """`ApplyRow` of each."""
        return data(tuple(self.desk.store.journal(_number(request, "limit", 20))))

    async def plan(self, _: Request) -> Response:
        """`PlanAnswer`."""
        return data(await self.desk.actions.plan())

    async def rollback(self, request: Request) -> Response:
        """Answers when the earlier release serves."""
        name, fields = request.path_params["name"], await read_body(request)
        find_application(self.desk.view, name)
        await self.desk.actions.rollback(name, parse_release(fields.get("release", "")))
        return data(find_application(self.desk.view, name))

    async def retry(self, request: Request) -> Response:
        """Answers at once."""
        fields = await read_body(request)
        self.desk.actions.retry(fields.get("unit", ""))
        return data(self.desk.view)


Handler = Callable[[Request], Awaitable[Response]]


def _owner(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        if not visit_of(request).owner:
            raise HTTPException(401, "sign in first", {"www-authenticate": "Bearer"})
        return await handler(request)

    return guarded


def find_application(view: RackView, name: str) -> AppView:
    """The application, or Missing with the name that was meant."""
    found = view.application(name)
    if found is None:
        raise _missing("application", name, [app.name for app in view.applications])
    return found


def find_part(view: RackView, name: str) -> PartView:
    """The part, or Missing with the name that was meant."""
    found = view.part(name)
    if found is None:
        raise _missing("part", name, [part.name for part in view.parts])
    return found


def parse_release(text: str) -> int | None:
    """`3` or `r3`; None for "". UsageError when it is neither."""
    digits = text.removeprefix("r")
    if not digits:
        return None
    if not digits.isdecimal() or len(digits) > 9:
        raise UsageError(f"{text!r} is not a release such as r3")
    return int(digits)


def _missing(kind: str, name: str, known: Sequence[str]) -> Missing:
    return Missing(f"no {kind} is called {name!r}.{did_you_mean(name, known)}")


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if text and not (text.isdecimal() and len(text) < 9):
        raise UsageError(f"{name} is {text!r} and not a number")
    return min(int(text), _MOST) if text else default
