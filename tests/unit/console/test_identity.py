"""What applications learn: who asks, for them alone, and never the owner's own session."""

from __future__ import annotations

import time

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.app.model import App
from rackhouse.console.identity import Signer
from rackhouse.kit.errors import Refused
from rackhouse.kit.identity import IDENTITY_HEADER, SUBJECT_HEADER, verify
from rackhouse.resources.machine import Access
from unit.console.desk import KEY, NAMED, PLAIN, PORT, Bench
from unit.console.house import application, route

BOOK = "https://guestbook.rack.localhost:8443"
LOOPBACK = f"http://127.0.0.1:{PORT}"


async def asked(console: Bench, origin: str, uri: str = "/", **headers: str) -> httpx.Response:
    """What the ingress is answered about a request to `origin`."""
    scheme, _, host = origin.partition("://")
    forwarded = {
        "x-forwarded-proto": scheme,
        "x-forwarded-host": host,
        "x-forwarded-uri": uri,
        "x-forwarded-method": "GET",
        "origin": origin,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return await console.client(LOOPBACK).get("/auth/verify", headers=forwarded)


async def entered(console: Bench, origin: str = BOOK, to: str = "/book?page=2") -> str:
    """The cookie of the owner's browser at an application, as a header."""
    console_at = NAMED if origin.startswith("https") else PLAIN
    browser = await console.signed_in(console_at)
    answer = await browser.get("/sign-in/to", params={"return": origin + to})
    answer = await console.client(origin).get(answer.headers["location"])
    assert (answer.status_code, answer.headers["location"]) == (303, to)
    return answer.headers["set-cookie"].partition(";")[0]


async def test_a_page_is_led_to_the_sign_in_and_back(console: Bench) -> None:
    answer = await asked(console, BOOK, "/book?page=2")
    assert answer.status_code == 302
    assert answer.headers["location"] == (
        f"{NAMED}/sign-in/to?return=https%3A%2F%2Fguestbook.rack.localhost%3A8443%2Fbook%3Fpage%3D2"
    )
    plain = await asked(console, "http://127.0.0.1:9001")
    assert plain.headers["location"].startswith(f"{PLAIN}/sign-in/to?return=http%3A%2F%2F127")


@pytest.mark.parametrize(
    "headers",
    [{"accept": "application/json"}, {"accept": "*/*"}, {"x_forwarded_method": "POST"}],
)
async def test_what_is_no_page_is_told(console: Bench, headers: dict[str, str]) -> None:
    answer = await asked(console, BOOK, **headers)
    assert answer.status_code == 401
    assert SUBJECT_HEADER not in answer.headers


async def test_the_application_learns_who_asks(console: Bench, real_time: None) -> None:
    answer = await asked(console, BOOK, cookie=await entered(console))
    assert (answer.status_code, answer.headers[SUBJECT_HEADER]) == (200, "owner")
    keys = (await console.client(NAMED).get("/.well-known/jwks.json")).json()
    token = answer.headers[IDENTITY_HEADER]
    subject = verify(token, keys, "guestbook", issuer="home")
    assert (subject.name, subject.application, subject.issuer) == ("owner", "guestbook", "home")
    assert 0 < subject.expires - console.clock() <= 300
    again = await asked(console, BOOK, cookie=await entered(console))
    other = verify(again.headers[IDENTITY_HEADER], keys, "guestbook")
    assert other.token != subject.token


async def test_an_identity_is_for_one_application(console: Bench, real_time: None) -> None:
    answer = await asked(console, BOOK, cookie=await entered(console))
    keys = (await console.client(NAMED).get("/.well-known/jwks.json")).json()
    with pytest.raises(Refused, match="audience"):
        verify(answer.headers[IDENTITY_HEADER], keys, "notes")


async def test_the_cookie_is_the_applications_and_not_the_consoles(console: Bench) -> None:
    cookie = await entered(console)
    assert cookie.startswith("__Host-rackhouse.guestbook=")
    token = cookie.partition("=")[2]
    for name in ("__Host-rackhouse", "__Host-rackhouse.guestbook"):
        headers = {"cookie": f"{name}={token}"}
        assert (await console.client(NAMED).get("/", headers=headers)).status_code == 303


async def test_the_consoles_cookie_opens_no_application(console: Bench) -> None:
    browser = await console.signed_in(NAMED)
    token = browser.cookies["__Host-rackhouse"]
    for name in ("__Host-rackhouse", "__Host-rackhouse.guestbook"):
        assert (await asked(console, BOOK, cookie=f"{name}={token}")).status_code == 302


async def test_the_cookie_is_good_at_one_origin(console: Bench) -> None:
    token = (await entered(console)).partition("=")[2]
    plain = await asked(console, "http://127.0.0.1:9001", cookie=f"rackhouse.guestbook={token}")
    assert plain.status_code == 302


async def test_one_applications_cookie_opens_no_other(console: Bench) -> None:
    application(console.house, App(name="diary"), door=9003, access=Access.SIGNED_IN)
    console.look()
    token = (await entered(console, "http://127.0.0.1:9001")).partition("=")[2]
    for name in ("rackhouse.guestbook", "rackhouse.diary"):
        answer = await asked(console, "http://127.0.0.1:9003", cookie=f"{name}={token}")
        assert answer.status_code == 302


async def test_a_ticket_is_good_once_at_its_place_and_for_a_minute(console: Bench) -> None:
    browser = await console.signed_in(NAMED)

    async def way() -> str:
        answer = await browser.get("/sign-in/to", params={"return": BOOK})
        return answer.headers["location"]

    used = await way()
    assert (await console.client(BOOK).get(used)).status_code == 303
    assert (await console.client(BOOK).get(used)).status_code == 403
    elsewhere = (await way()).replace(BOOK, "http://127.0.0.1:9001")
    assert (await console.client("http://127.0.0.1:9001").get(elsewhere)).status_code == 403
    late = await way()
    console.clock.now += 60
    assert (await console.client(BOOK).get(late)).status_code == 403


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example", "\\\\evil", "", "/\r\nx: y"]
)
async def test_a_ticket_leads_nowhere_else(console: Bench, to: str) -> None:
    browser = await console.signed_in(NAMED)
    answer = await browser.get("/sign-in/to", params={"return": BOOK})
    ticket = answer.headers["location"].partition("ticket=")[2].partition("&")[0]
    params = {"ticket": ticket, "to": to}
    answer = await console.client(BOOK).get("/.rackhouse/sign-in", params=params)
    assert answer.status_code == 303
    assert answer.headers["location"] in {"/", "/evil.example/"}


async def test_signing_out_of_the_console_signs_out_of_applications(console: Bench) -> None:
    cookie = await entered(console)
    assert (await asked(console, BOOK, cookie=cookie)).status_code == 200
    found = console.desk.passes._db.execute("SELECT digest FROM pass WHERE kind = 'session'")
    for (digest,) in found.fetchall():
        console.desk.passes._db.execute("DELETE FROM pass WHERE digest = ?", (digest,))
    assert (await asked(console, BOOK, cookie=cookie)).status_code == 302


async def test_the_way_in_is_served_at_guarded_origins_alone(console: Bench) -> None:
    for origin in (NAMED, PLAIN, "https://notes.rack.localhost:8443", "https://evil.example"):
        answer = await console.client(origin).get("/.rackhouse/sign-in?ticket=x")
        assert answer.status_code == 421
    assert (await console.client(BOOK).get("/.rackhouse/sign-in?ticket=x")).status_code == 403
    assert (await console.client(BOOK).get("/.rackhouse/nothing")).status_code == 404
    assert (await console.client(BOOK).get("/")).status_code == 421


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://evil.example:9001", "https://notes.rack.localhost:8443", "x"],
)
async def test_names_that_no_guarded_route_has_are_refused(console: Bench, origin: str) -> None:
    assert (await asked(console, origin)).status_code == 421


async def test_the_ingress_asks_at_one_address_and_brings_no_rights(console: Bench) -> None:
    """Its question carries the browser's own headers, which say nothing about the ingress."""
    assert (await console.client(NAMED).get("/auth/verify")).status_code == 421
    spoofed = {
        SUBJECT_HEADER: "owner",
        IDENTITY_HEADER: "x.y.z",
        "authorization": f"Bearer {console.desk.settings.secret}",
    }
    answer = await asked(console, BOOK, **spoofed)
    assert answer.status_code == 302
    assert SUBJECT_HEADER not in answer.headers


async def test_at_localhost_the_applications_door_leads_to_127_0_0_1(console: Bench) -> None:
    answer = await asked(console, "http://localhost:9001", "/book")
    assert (answer.status_code, answer.headers["location"]) == (302, "http://127.0.0.1:9001/book")


async def test_on_the_network_another_device_is_let_in_by_a_link(console: Bench) -> None:
    route(
        console.house,
        "guestbook",
        hosts=("guestbook.rack.localhost",),
        lan=9300,
        access=Access.SIGNED_IN,
    )
    console.own.add("192.168.1.5")
    console.look()
    lan = "http://192.168.1.5:9300"
    answer = await asked(console, lan)
    assert answer.status_code == 401
    assert "Let another device in" in answer.text

    browser = await console.signed_in()
    page = (await browser.get("/applications/guestbook")).text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    shown = await browser.post("/applications/guestbook/let-in", data={"csrf": csrf})
    link = shown.text.partition('class="address">')[2].partition("<")[0].replace("&amp;", "&")

    phone = console.client(lan)
    assert "Enter on this device" in (await phone.get(link)).text
    answer = await phone.get(f"{link}&go=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert (await asked(console, lan, cookie=cookie)).status_code == 200
    assert (await console.client(lan).get(f"{link}&go=1")).status_code == 403
    assert (await asked(console, "http://192.168.1.66:9300")).status_code == 421


async def test_a_public_application_on_the_network_needs_no_ticket(console: Bench) -> None:
    route(console.house, "notes", hosts=("notes.rack.localhost",), lan=9301)
    console.own |= {"192.168.1.5", "10.0.0.7"}
    console.look()
    browser = await console.signed_in()
    page = (await browser.get("/applications/notes")).text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    shown = (await browser.post("/applications/notes/let-in", data={"csrf": csrf})).text
    assert "http://192.168.1.5:9301/<" in shown
    assert "http://10.0.0.7:9301/<" in shown
    assert "ticket" not in shown
    assert "within ten minutes" not in shown


async def test_an_application_closed_to_the_network_has_no_such_link(console: Bench) -> None:
    browser = await console.signed_in()
    page = (await browser.get("/applications/guestbook")).text
    assert "Let another device in" not in page
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    answer = await browser.post("/applications/guestbook/let-in", data={"csrf": csrf})
    assert answer.status_code == 404


def signed(**claims: object) -> str:
    whole = {
        "iss": "home",
        "sub": "owner",
        "aud": "guestbook",
        "iat": int(time.time()),
        "exp": int(time.time()) + 300,
        "jti": "1",
        **claims,
    }
    kept = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode(kept, KEY, "EdDSA", {"kid": Signer(KEY, "home").keys["keys"][0]["kid"]})


KEYS = Signer(KEY, "home").keys


@pytest.mark.parametrize(
    "token",
    [
        signed(exp=int(time.time()) - 60),
        signed(iat=int(time.time()) + 600),
        signed(aud="notes"),
        signed(aud=["guestbook", "notes"]),
        signed(aud=None),
        signed(sub=None),
        signed(jti=None),
        signed(iss="other"),
        jwt.encode({"sub": "owner", "aud": "guestbook"}, "", "none"),
        jwt.encode({"sub": "owner", "aud": "guestbook"}, "x" * 32, "HS256"),
        "",
        "a.b.c",
        signed()[:-4] + "AAAA",
    ],
)
def test_nothing_but_a_whole_token_of_ours_is_believed(token: str) -> None:
    with pytest.raises(Refused) as caught:
        verify(token, KEYS, "guestbook", issuer="home")
    assert not token or token not in str(caught.value)


def test_an_identity_is_verified_with_the_public_key_too() -> None:
    public = load_pem_private_key(KEY.encode(), None).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert verify(signed(), pem, "guestbook").name == "owner"


def test_a_key_set_that_lacks_the_key_is_refused() -> None:
    with pytest.raises(Refused):
        verify(signed(), {"keys": [{**KEYS["keys"][0], "kid": "another"}]}, "guestbook")


@given(token=st.text(max_size=100) | st.binary(max_size=100).map(lambda raw: f"{raw.hex()}.e30.x"))
def test_whatever_comes_as_a_token_is_refused_in_words(token: str) -> None:
    with pytest.raises(Refused):
        verify(token, KEYS, "guestbook")
