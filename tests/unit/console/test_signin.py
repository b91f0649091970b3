"""Signing in: once by each link, slowly for who guesses, and out everywhere at once."""

from __future__ import annotations

import re

import httpx
import pytest

from rackhouse.console.rates import LIMIT, WINDOW, Rates
from unit.console.desk import NAMED, PLAIN, Bench
from unit.console.test_guard import token_of


async def test_looking_at_the_link_does_not_spend_it(console: Bench) -> None:
    link, browser = console.link(), console.client()
    for _ in range(3):
        page = await browser.get(link)
        assert "Sign in on this device" in page.text
        assert not page.cookies
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    answer = await browser.post("/sign-in", data={"token": token[1]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await browser.get("/")).status_code == 200


async def test_a_link_lets_one_browser_in_once(console: Bench) -> None:
    link = console.link()
    first, second = console.client(), console.client()
    assert (await first.post("/sign-in", data={"token": link})).status_code == 303
    answer = await second.post("/sign-in", data={"token": link})
    assert answer.status_code == 401
    assert "used already" in answer.text
    assert not second.cookies


async def test_a_link_is_too_old_after_ten_minutes(console: Bench) -> None:
    link = console.link()
    console.clock.now += 601
    assert (await console.client().post("/sign-in", data={"token": link})).status_code == 401


@pytest.mark.parametrize(
    ("origin", "cookie"),
    [
        (PLAIN, r"rackhouse=[\w-]{43}; HttpOnly; Max-Age=1209600; Path=/; SameSite=lax"),
        (
            NAMED,
            r"__Host-rackhouse=[\w-]{43}; HttpOnly; Max-Age=1209600; Path=/; SameSite=lax; Secure",
        ),
    ],
)
async def test_the_cookie_is_for_this_host_alone(console: Bench, origin: str, cookie: str) -> None:
    answer = await console.client(origin).post("/sign-in", data={"token": console.link(origin)})
    assert re.fullmatch(cookie, answer.headers["set-cookie"])


async def test_a_session_ends_after_two_weeks(console: Bench) -> None:
    browser = await console.signed_in()
    console.clock.now += 14 * 86400 - 1
    assert (await browser.get("/")).status_code == 200
    console.clock.now += 1
    assert (await browser.get("/")).status_code == 303


async def test_signing_out_ends_the_session_and_not_only_the_cookie(console: Bench) -> None:
    browser = await console.signed_in()
    cookie = {"cookie": f"rackhouse={browser.cookies['rackhouse']}"}
    answer = await browser.post("/sign-out", data={"csrf": await token_of(browser)})
    assert answer.headers["location"] == "/sign-in"
    assert 'rackhouse=""' in answer.headers["set-cookie"]
    assert (await console.client().get("/", headers=cookie)).status_code == 303


async def test_who_guesses_waits(console: Bench) -> None:
    client = console.client()
    for _ in range(LIMIT):
        assert (await client.post("/sign-in", data={"token": "guess"})).status_code == 401
    link = console.link()
    answer = await client.post("/sign-in", data={"token": link})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "600")
    other = console.client(**{"x-forwarded-for": "192.168.1.9"})
    assert (await other.post("/sign-in", data={"token": "guess"})).status_code == 401
    console.clock.now += WINDOW
    answer = await client.post("/sign-in", data={"token": console.link()})
    assert answer.status_code == 303


def test_failures_of_many_clients_take_little_memory() -> None:
    rates = Rates()
    for n in range(5000):
        rates.record(f"client {n}", float(n) / 100)
    assert len(rates._failed) == 1024


def test_a_clock_that_was_put_back_locks_nobody_out() -> None:
    rates = Rates()
    for _ in range(LIMIT):
        rates.record("a", 1000.0)
    assert rates.wait("a", 1000.0) == WINDOW
    assert rates.wait("a", 10.0) == 0


async def test_a_link_that_is_meant_for_an_application_opens_no_console(console: Bench) -> None:
    from rackhouse.console.links import application_link

    link = application_link(console.house.paths, "notes", PLAIN, "/", console.clock())
    token = link.partition("ticket=")[2].partition("&")[0]
    assert (await console.client().post("/sign-in", data={"token": token})).status_code == 401


RETURN = "https://guestbook.rack.localhost:8443/book?page=2"


async def test_an_application_that_asks_is_told_after_signing_in(console: Bench) -> None:
    browser = console.client(NAMED)
    page = await browser.get("/sign-in/to", params={"return": RETURN})
    assert "<strong>guestbook</strong> asks who you are" in page.text
    policy = page.headers["content-security-policy"]
    assert "form-action 'self' https://guestbook.rack.localhost:8443;" in policy
    form = {"token": console.link(NAMED), "return": RETURN}
    answer = await browser.post("/sign-in", data=form)
    leads_to_a_ticket(answer)
    leads_to_a_ticket(await browser.get("/sign-in/to", params={"return": RETURN}))


def leads_to_a_ticket(answer: httpx.Response) -> None:
    assert answer.status_code == 303
    assert re.fullmatch(
        r"https://guestbook\.rack\.localhost:8443/\.rackhouse/sign-in"
        r"\?ticket=[\w-]{43}&to=%2Fbook%3Fpage%3D2",
        answer.headers["location"],
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/",
        "https://notes.rack.localhost:8443/",  # asks for no sign-in
        "https://guestbook.rack.localhost:8443@evil.example/",
        "javascript:alert(1)",
        "",
    ],
)
async def test_nobody_is_sent_to_a_stranger(console: Bench, address: str) -> None:
    browser = await console.signed_in(NAMED)
    answer = await browser.get("/sign-in/to", params={"return": address})
    assert answer.status_code == 400
    assert "location" not in answer.headers
    form = {"token": console.link(NAMED), "return": address, "csrf": await token_of(browser)}
    answer = await browser.post("/sign-in", data=form)
    assert answer.headers["location"] == "/"
    page = await console.client(NAMED).get("/sign-in", params={"token": "x"})
    assert "form-action 'self';" in page.headers["content-security-policy"]
