"""Who is signed in: by the console's own signer, over HTTP, with keys that change and go away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.models.serving import served
from rackhouse.console.identity import Signer
from rackhouse.kit.web.problem import Away, Unauthorized
from rackhouse.services.study.clients.http import Door, session
from rackhouse.services.study.clients.identity import SignedIn


def signer() -> Signer:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Signer(pem, "home")


@dataclass
class Console:
    signer: Signer = field(default_factory=signer)
    url: str = ""
    asked: int = 0
    away: bool = False
    clock: float = 1000.0

    async def keys(self, _: Request) -> Response:
        self.asked += 1
        return Response(status_code=500) if self.away else JSONResponse(self.signer.keys)

    def token(self, subject: str = "ruth", application: str = "study") -> str:
        return self.signer.sign(subject, application, time.time())


@pytest.fixture
def console() -> Iterator[Console]:
    one = Console()
    with served(Starlette(routes=[Route("/keys", one.keys)])) as url:
        one.url = f"{url}/keys"
        yield one


async def test_keys_are_fetched_once_and_again_when_they_change(console: Console) -> None:
    async with session() as http:
        who = SignedIn(Door(http, "the console", console.url), "study", lambda: console.clock)
        assert [await who.subject(console.token(it)) for it in ("ruth", "esther")] == [
            "ruth",
            "esther",
        ]
        assert console.asked == 1
        console.signer = signer()
        console.clock += 30
        assert await who.subject(console.token()) == "ruth"
        assert console.asked == 2


async def test_what_is_not_signed_for_us_is_nobody(console: Console) -> None:
    other, now = signer(), time.time()
    tokens = [
        "",
        "x",
        "a.b.c",
        other.sign("ruth", "study", now),
        console.token(application="guestbook"),
        console.signer.sign("ruth", "study", now - 86_400),
        console.token()[:-4],
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJydXRoIiwiYXVkIjoic3R1ZHkifQ.",
    ]
    async with session() as http:
        who = SignedIn(Door(http, "the console", console.url), "study", lambda: console.clock)
        for token in tokens:
            with pytest.raises(Unauthorized) as told:
                await who.subject(token)
            assert len(token) < 9 or token not in str(told.value)
        assert console.asked == 1, "a made-up key has us ask all the time"
        assert await who.subject(console.token()) == "ruth"


async def test_the_console_away_is_said_at_first_and_borne_later(console: Console) -> None:
    async with session() as http:
        who = SignedIn(Door(http, "the console", console.url), "study", lambda: console.clock)
        console.away = True
        with pytest.raises(Away):
            await who.subject(console.token())
        console.away = False
        assert await who.subject(console.token()) == "ruth"
        console.away = True
        console.clock += 10_000
        assert await who.subject(console.token()) == "ruth"
