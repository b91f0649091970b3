"""Who the ingress may tell an application is asking.

For a route that asks for sign-in the ingress asks `/auth/verify` before each request. An
application never sees the console's cookie, since it is of another host; it has one of its own,
which is good for it alone, at one origin. What it learns is a token signed by the rack
(`kit/identity.py`), made for it alone and good for five minutes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import cast
from urllib.parse import quote

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from rackhouse.console import doors
from rackhouse.console.answers import page
from rackhouse.console.desk import Desk
from rackhouse.console.doors import Place
from rackhouse.console.guard import cookie_name, cookie_of, visit_of
from rackhouse.console.passes import LIFETIME, Kind, Pass
from rackhouse.console.signin import set_cookie
from rackhouse.kit.identity import ALGORITHM, IDENTITY_HEADER, SUBJECT_HEADER

OWNER = "owner"
GOOD_FOR = 300  # seconds that a signed identity is good
_SAFE = {"GET", "HEAD"}
_WORD = "Sign in first.\n"
_ELSEWHERE = (
    "Sign in first. On the rack's own page, open this application and choose"
    ' "Let another device in"; then open that address here.\n'
)


class Signer:
    """Signs identities with the rack's key."""

    def __init__(self, pem: str, rack: str) -> None:
        self._key = cast(Ed25519PrivateKey, load_pem_private_key(pem.encode(), None))
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        self._rack = rack

    @property
    def _thumbprint(self) -> str:
        """RFC 7638: the key's name is the digest of what it is."""
        text = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": self._x}, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @property
    def keys(self) -> dict[str, list[dict[str, str]]]:
        """The JSON Web Key Set that applications verify with (RFC 8037)."""
        key = {"kty": "OKP", "crv": "Ed25519", "x": self._x, "kid": self._thumbprint}
        return {"keys": [{**key, "use": "sig", "alg": ALGORITHM}]}

    def sign(self, subject: str, application: str, now: float) -> str:
        """The token that tells `application` who asks."""
        claims = {
            "iss": self._rack,
            "sub": subject,
            "aud": application,
            "iat": int(now),
            "exp": int(now) + GOOD_FOR,
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode(claims, self._key, ALGORITHM, {"kid": self._thumbprint})


class Identity:
    """What the ingress and applications ask."""

    def __init__(self, desk: Desk, signer: Signer) -> None:
        self.desk = desk
        self.signer = signer

    def routes(self) -> list[Route]:
        """Open to everybody; each answers only what whoever asks already has a right to."""
        return [
            Route("/auth/verify", self.verify),
            Route("/.rackhouse/sign-in", self.enter),
            Route("/.well-known/jwks.json", self.key_set),
        ]

    async def key_set(self, _: Request) -> Response:
        """The public key. It may be kept for as long as an identity is good."""
        headers = {"cache-control": f"public, max-age={GOOD_FOR}"}
        return JSONResponse(self.signer.keys, headers=headers)

    async def verify(self, request: Request) -> Response:
        """The ingress asks whether a request may pass: 200 with who it is, else what to answer."""
        headers = request.headers
        scheme, host = headers.get("x-forwarded-proto", ""), headers.get("x-forwarded-host", "")
        origin = doors.origin_of(scheme, host)
        to = doors.local_path(headers.get("x-forwarded-uri", "/"))
        place = doors.find(origin, to, self.desk.view.routes, self.desk.own())
        if place is None:
            return self._strange(origin, to)
        now = self.desk.clock()
        door = self._door(headers, place, now)
        if door is None:
            return self._sign_in(headers, place)
        token = self.signer.sign(OWNER, place.application, now)
        return Response(headers={SUBJECT_HEADER: OWNER, IDENTITY_HEADER: token})

    async def enter(self, request: Request) -> Response:
        """At an application's own origin: a ticket becomes its cookie.

        A link asks for a click first, as the console's own does.
        """
        desk, origin, now = self.desk, visit_of(request).origin, self.desk.clock()
        ticket = request.query_params.get("ticket", "")
        to = doors.local_path(request.query_params.get("to", "/"))
        place = doors.find(origin, to, desk.view.routes, desk.own())
        kind = Kind.LINK if desk.passes.find(Kind.LINK, ticket, now) else Kind.TICKET
        if place and kind is Kind.LINK and "go" not in request.query_params:
            return page(request, desk, "door", ticket=ticket, place=place)
        found = desk.passes.redeem(kind, ticket, now)
        if not place or not found or not _good_at(found, place):
            return PlainTextResponse("This way in was used already, or is too old.\n", 403)
        session = desk.passes.session_of(found, now)
        token = desk.passes.issue(
            Kind.DOOR, now, session=session, application=place.application, origin=origin
        )
        answer = RedirectResponse(to, 303)
        set_cookie(answer, origin, token, LIFETIME[Kind.DOOR], place.application)
        return answer

    def _door(self, headers: Headers, place: Place, now: float) -> Pass | None:
        token = cookie_of(headers, cookie_name(place.origin, place.application))
        door = self.desk.passes.find(Kind.DOOR, token, now) if token else None
        return door if door and _good_at(door, place) else None

    def _sign_in(self, headers: Headers, place: Place) -> Response:
        """A page is led to the sign-in and back; anything else is told."""
        is_page = "text/html" in headers.get("accept", "")
        reads = headers.get("x-forwarded-method", "GET") in _SAFE
        console = self.desk.sign_in(place.origin)
        if is_page and reads and console:
            return RedirectResponse(f"{console}/sign-in/to?return={quote(place.url, safe='')}", 302)
        word = _WORD if console else _ELSEWHERE
        return PlainTextResponse(word, 401, {"www-authenticate": 'Cookie realm="rackhouse"'})

    def _strange(self, origin: str, to: str) -> Response:
        """`localhost` is the console's: its cookies must not come along. So lead to the address."""
        if origin.startswith("http://localhost:"):
            here = origin.replace("localhost", "127.0.0.1")
            if doors.find(here, to, self.desk.view.routes, self.desk.own()):
                return RedirectResponse(here + to, 302)
        return PlainTextResponse("The rack does not answer at this name.\n", 421)


def _good_at(found: Pass, place: Place) -> bool:
    return (found.application, found.origin) == (place.application, place.origin)
