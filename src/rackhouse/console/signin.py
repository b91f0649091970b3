"""Signing in to the console: a one-time link makes a session.

The link's page asks for one click, so that a program which looks at links in messages does not
spend it. There is one owner now; other people come with OpenID Connect.
"""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rackhouse.console import doors
from rackhouse.console.answers import page, read_body
from rackhouse.console.desk import Desk
from rackhouse.console.doors import Place
from rackhouse.console.guard import POLICY, cookie_name, visit_of
from rackhouse.console.passes import LIFETIME, Kind


class SignIn:
    """The pages around the door."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """What is open to everybody, but for `/sign-in/to` with a session."""
        return [
            Route("/sign-in", self.ask),
            Route("/sign-in", self.enter, methods=["POST"]),
            Route("/sign-in/to", self.pass_on),
            Route("/sign-out", self.leave, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """The page with the button, or with a field for the link."""
        return self._page(request, request.query_params.get("token", ""))

    async def enter(self, request: Request) -> Response:
        """Spend the link, begin a session."""
        desk, visit, now = self.desk, visit_of(request), self.desk.clock()
        if wait := desk.failures.wait(visit.client, now):
            raise HTTPException(429, "too many tries", {"Retry-After": f"{wait:.0f}"})
        fields = await read_body(request)
        link = desk.passes.redeem(Kind.LINK, _token(fields.get("token", "")), now)
        if link is None or link.application:
            desk.failures.record(visit.client, now)
            return self._page(request, back=fields.get("return", ""), failed=True)
        token = desk.passes.issue(Kind.SESSION, now, origin=visit.origin)
        back = self._place(fields.get("return", ""))
        answer = RedirectResponse(self._opened(token, back) if back else "/", 303)
        set_cookie(answer, visit.origin, token, LIFETIME[Kind.SESSION])
        return answer

    async def pass_on(self, request: Request) -> Response:
        """From the session to an application that asks who it is: a ticket, and back there."""
        back = self._place(request.query_params.get("return", ""))
        if back is None:
            raise HTTPException(400, "that address is none of this rack's")
        visit = visit_of(request)
        if visit.session is None:
            return self._page(request, back=back.url)
        token = request.cookies[cookie_name(visit.origin)]
        return RedirectResponse(self._opened(token, back), 303)

    async def leave(self, request: Request) -> Response:
        """End the session, and those at every application that came of it."""
        await read_body(request)
        visit = visit_of(request)
        if visit.session:
            self.desk.passes.take_back(visit.session)
        answer = RedirectResponse("/sign-in", 303)
        set_cookie(answer, visit.origin, "", 0)
        return answer

    def _opened(self, token: str, back: Place) -> str:
        """The address at the application that turns a new ticket into its own cookie."""
        passes, now = self.desk.passes, self.desk.clock()
        session = passes.find(Kind.SESSION, token, now)
        ticket = passes.issue(
            Kind.TICKET, now, session=session, application=back.application, origin=back.origin
        )
        return f"{back.origin}/.rackhouse/sign-in?ticket={ticket}&to={quote(back.to, safe='')}"

    def _place(self, address: str) -> Place | None:
        return doors.place_of(address, self.desk.view.routes, self.desk.own())

    def _page(
        self, request: Request, token: str = "", back: str = "", *, failed: bool = False
    ) -> Response:
        place = self._place(back)
        answer = page(
            request,
            self.desk,
            "sign-in",
            401 if failed else 200,
            token=token,
            place=place,
            failed=failed,
        )
        if place:  # where the form's answer leads to in the end is its target too, to a browser
            policy = POLICY.replace("form-action 'self'", f"form-action 'self' {place.origin}")
            answer.headers["content-security-policy"] = policy
        return answer


def set_cookie(
    answer: Response, origin: str, token: str, lifetime: float, application: str = ""
) -> None:
    """The cookie of the console or of an application, or (lifetime 0) its end."""
    answer.set_cookie(
        cookie_name(origin, application),
        token,
        max_age=int(lifetime),
        path="/",
        secure=origin.startswith("https:"),
        httponly=True,
        samesite="lax",
    )


def _token(text: str) -> str:
    """The token, of somebody who may have pasted the whole link."""
    text = text.strip()
    return parse_qs(urlsplit(text).query).get("token", [text])[0]
