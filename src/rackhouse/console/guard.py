"""The guard at the door: who may speak to the console, at which name, and what a browser may do.

A page of an application is at a sibling name and so, to a browser, on the same site: SameSite alone
does not keep it out. Hence, before any handler: the Host must be one of ours (no DNS rebinding),
what is not a navigation must come from our own pages (Fetch metadata), what changes something must
carry our own Origin or the owner's token, and every answer forbids framing, sniffing, sharing and
foreign code.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rackhouse.console import doors
from rackhouse.console.desk import Desk
from rackhouse.console.passes import Kind, Pass, digest_of

FOR_MACHINES = ("/api/", "/healthz", "/.well-known/", "/static/")
FOR_INGRESS = "/auth/"  # asks with the headers of the request that it would let pass
FOR_APPLICATIONS = "/.rackhouse/"  # at an application's own origin
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
_SAFE = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request, as far as it can be believed. `session` or `program` make it the owner's."""

    origin: str
    client: str
    session: Pass | None = None
    csrf: str = ""  # what the forms of this session carry
    program: bool = False  # came with the owner's token, not with a browser's cookie

    @property
    def owner(self) -> bool:
        """Whether the owner is asking."""
        return self.program or self.session is not None


def visit_of(connection: HTTPConnection) -> Visit:
    """The visit that the guard let in."""
    visit = connection.scope["rackhouse.visit"]
    assert isinstance(visit, Visit)
    return visit


def cookie_name(origin: str, application: str = "") -> str:
    """The cookie of the console, or of one application. `__Host-`: no sibling name can set it."""
    word = f"rackhouse.{application}" if application else "rackhouse"
    return f"__Host-{word}" if origin.startswith("https:") else word


def cookie_of(headers: Headers, name: str) -> str:
    """The value of a cookie; "" when there is none."""
    jar: SimpleCookie = SimpleCookie()
    for pair in headers.get("cookie", "").split(";"):  # one bad cookie must not hide the others
        if pair.strip().startswith(f"{name}="):
            try:
                jar.load(pair.strip())
            except CookieError:
                continue
    return jar[name].value if name in jar else ""


class Guard:
    """ASGI middleware around the whole console."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app = app
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, with a `Visit`, or answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        connection = HTTPConnection(scope)
        visit = self._visit(connection)
        refusal = self._refusal(scope["method"], connection, visit)
        scope["rackhouse.visit"] = visit
        await (refusal or self.app)(scope, receive, send_guarded)

    def _visit(self, connection: HTTPConnection) -> Visit:
        headers = connection.headers
        ingress = connection.scope["path"].startswith(FOR_INGRESS)
        scheme = "http" if ingress else headers.get("x-forwarded-proto", "http")
        origin = doors.origin_of(scheme, headers.get("host", ""))
        peer = connection.client.host if connection.client else ""
        client = headers.get("x-forwarded-for", peer).rpartition(",")[2].strip()
        if ingress:
            return Visit(origin=origin, client=client)
        if _bears(headers.get("authorization", ""), self.desk.settings.secret):
            return Visit(origin=origin, client=client, program=True)
        token = cookie_of(headers, cookie_name(origin))
        session = self.desk.passes.find(Kind.SESSION, token, self.desk.clock()) if token else None
        if session is None or session.origin != origin:
            return Visit(origin=origin, client=client)
        return Visit(origin=origin, client=client, session=session, csrf=digest_of(f"csrf {token}"))

    def _refusal(self, method: str, connection: HTTPConnection, visit: Visit) -> Response | None:
        path: str = connection.scope["path"]  # not of a URL, of which the Host is a part
        if path.startswith(FOR_INGRESS):
            return None if visit.origin == self.desk.loopback else _misdirected()
        if path.startswith(FOR_APPLICATIONS):
            known = doors.guarded(visit.origin, self.desk.view.routes, self.desk.own())
            return None if known and method in _SAFE else _misdirected()
        named = self.desk.named()
        if visit.origin not in named | {self.desk.plain, self.desk.loopback}:
            return _misdirected()
        better = self._better(visit.origin, named)
        if better != visit.origin and not path.startswith(FOR_MACHINES):
            return RedirectResponse(better + doors.local_path(_asked(connection.scope)), 307)
        return _foreign(method, connection.headers, visit)

    def _better(self, origin: str, named: frozenset[str]) -> str:
        """Where a person should be: with TLS where there is TLS, and at `localhost`."""
        if origin == self.desk.loopback:
            return self.desk.plain
        host = urlsplit(origin).hostname
        safe = (other for other in sorted(named) if other.startswith("https:"))
        return next((other for other in safe if urlsplit(other).hostname == host), origin)


def _asked(scope: Scope) -> str:
    """Path and query, as they came."""
    query = scope["query_string"].decode("latin-1")
    path: str = scope["raw_path"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _bears(authorization: str, secret: str) -> bool:
    kind, _, given = authorization.partition(" ")
    return kind.lower() == "bearer" and hmac.compare_digest(given.encode(), secret.encode())


def _foreign(method: str, headers: Headers, visit: Visit) -> Response | None:
    """A refusal when a browser brings this request from another page than ours."""
    if visit.program:
        return None
    if method not in _SAFE:
        return None if headers.get("origin") == visit.origin else _forbidden()
    fetched_by = headers.get("sec-fetch-site", "none")
    navigated = headers.get("sec-fetch-mode") == "navigate"
    return None if fetched_by in {"none", "same-origin"} or navigated else _forbidden()


def _misdirected() -> Response:
    return PlainTextResponse("The rack does not answer at this name.\n", 421)


def _forbidden() -> Response:
    return PlainTextResponse("This must be asked from the rack's own page.\n", 403)
