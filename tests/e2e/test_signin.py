"""Who comes in: one-time links, applications that ask who it is, and the network outside.

Times that pass (ten minutes, two weeks) need a clock that can be turned: tests/unit/console.
"""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from e2e.browsing import chromium, grave, trust
from e2e.conftest import Rack, end
from e2e.echo import echoing
from rackhouse.console.addresses import own_addresses
from rackhouse.console.links import one_time_link
from rackhouse.kit.errors import Refused
from rackhouse.kit.identity import IDENTITY_HEADER, SUBJECT_HEADER, KeySet, verify
from rackhouse.kit.paths import Paths

pytestmark = [pytest.mark.xdist_group("rack"), pytest.mark.asyncio(loop_scope="module")]

NOWHERE = "127.0.0.2"  # stands for this machine's address where it has none on a network
SPOOFED = {
    SUBJECT_HEADER: "mallory",
    SUBJECT_HEADER.replace("-", "_"): "mallory",
    IDENTITY_HEADER: "mallory.mallory.mallory",
    IDENTITY_HEADER.replace("-", "_"): "mallory.mallory.mallory",
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    rack = echoing(tmp_path_factory.mktemp("guarded"))
    try:
        rack.run("up", "--detach")
        yield rack
    finally:
        end(rack)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(
    guarded: Rack, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Browser]:
    async with chromium(trust(guarded, tmp_path_factory.mktemp("home"))) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def ada(browser: Browser) -> AsyncIterator[BrowserContext]:
    """One browser, with cookies of its own."""
    made = await browser.new_context(viewport={"width": 390, "height": 800})
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def bob(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Another browser."""
    made = await browser.new_context()
    yield made
    await made.close()


def links(rack: Rack, *command: str) -> list[str]:
    """The one-time links that a command prints."""
    return re.findall(r"https?://\S+/sign-in\?token=\S+", rack.run(*command).stdout)


def link(rack: Rack) -> str:
    return links(rack, "open", "--print")[0]


async def follow(context: BrowserContext, address: str) -> Page:
    """Open a one-time link and press its button."""
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_role("button", name="Sign in on this device").click()
    return page


async def signed_in(context: BrowserContext, rack: Rack) -> Page:
    """The owner's page of the console."""
    page = await follow(context, link(rack))
    await expect(page.locator("h1")).to_have_text("test")
    return page


async def told(page: Page) -> dict[str, str]:
    """The headers that the application was sent; none of them twice."""
    pairs: list[list[str]] = json.loads(await page.locator("pre").inner_text())
    headers = {name.lower(): value for name, value in pairs}
    assert len(headers) == len(pairs), pairs
    return headers


def keys(rack: Rack) -> KeySet:
    """What applications verify with, as anybody may read it."""
    port = urlsplit(links(rack, "open", "--plain", "--print")[0]).port
    answer = httpx.get(f"http://127.0.0.1:{port}/.well-known/jwks.json")
    found: KeySet = answer.json()
    return found


@pytest.mark.parametrize("which", [0, 1], ids=["by name", "plain"])
@pytest.mark.parametrize("command", [("up", "--detach"), ("open",)], ids=["up", "open"])
async def test_a_printed_link_lets_one_browser_in_and_no_second(
    guarded: Rack,
    ada: BrowserContext,
    bob: BrowserContext,
    command: tuple[str, ...],
    which: int,
) -> None:
    if command == ("open",):
        printed = [link(guarded), *links(guarded, "open", "--plain", "--print")]
    else:
        printed = links(guarded, *command)
    assert [urlsplit(each).hostname for each in printed] == ["rack.localhost", "localhost"]
    page = await follow(ada, printed[which])
    await expect(page.locator("h1")).to_have_text("test")
    again = await follow(bob, printed[which])
    await expect(again.get_by_role("alert")).to_have_text(
        "That link was used already, or is older than ten minutes."
    )
    assert await grave(again) == []
    await again.goto(page.url)
    await expect(again.locator("h1")).to_have_text("Sign in")


async def test_who_has_a_wrong_or_old_link_is_told_and_may_paste_a_good_one(
    guarded: Rack, ada: BrowserContext
) -> None:
    fresh = link(guarded)
    console = fresh.partition("/sign-in")[0]
    wrong = f"{console}/sign-in?token={'x' * 43}"
    old = one_time_link(Paths(guarded.home), console, time.time() - 601)
    for bad in (wrong, old):
        page = await follow(ada, bad)
        await expect(page.get_by_role("alert")).to_contain_text("or is older than ten minutes")
    await page.get_by_label("One-time link").fill(fresh)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("h1")).to_have_text("test")


async def test_the_visitor_signs_in_and_is_back_at_the_page_they_wanted(
    guarded: Rack, ada: BrowserContext
) -> None:
    wanted = f"{guarded.app('diary')['url']}1906?week=3&of=may"
    page = await ada.new_page()
    await page.goto(wanted)
    await expect(page.locator("main")).to_contain_text("diary asks who you are")
    await page.get_by_label("One-time link").fill(link(guarded))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(wanted)
    await expect(page.locator("h1")).to_have_text("/1906?week=3&of=may")
    await page.goto(f"{guarded.app('letters')['url']}today")  # once is enough for all of them
    await expect(page.locator("h1")).to_have_text("/today")


async def test_the_application_is_told_who_it_is_for_it_alone(
    guarded: Rack, ada: BrowserContext
) -> None:
    console = await signed_in(ada, guarded)
    tokens = {}
    for name in ("diary", "letters"):
        await console.goto(guarded.app(name)["url"])
        headers = await told(console)
        assert headers[SUBJECT_HEADER.lower()] == "owner"
        assert "__Host-rackhouse=" not in headers.get("cookie", "")  # the console's own
        tokens[name] = headers[IDENTITY_HEADER.lower()]
    for name, token in tokens.items():
        subject = verify(token, keys(guarded), name, issuer="test")
        assert (subject.name, subject.application, subject.issuer) == ("owner", name, "test")
        assert time.time() < subject.expires <= time.time() + 300
    with pytest.raises(Refused, match="audience") as refused:
        verify(tokens["letters"], keys(guarded), "diary")
    assert tokens["letters"] not in str(refused.value)
    head, _, signature = tokens["diary"].split(".")
    with pytest.raises(Refused, match="signature"):
        verify(f"{head}.{tokens['letters'].split('.')[1]}.{signature}", keys(guarded), "letters")


async def test_what_a_client_says_it_is_does_not_arrive(guarded: Rack, ada: BrowserContext) -> None:
    console = await signed_in(ada, guarded)
    await console.goto(guarded.app("diary")["url"])
    await console.set_extra_http_headers(SPOOFED)
    await console.reload()
    headers = await told(console)
    assert headers[SUBJECT_HEADER.lower()] == "owner"
    assert verify(headers[IDENTITY_HEADER.lower()], keys(guarded), "diary").name == "owner"
    assert "mallory" not in str(headers)
    for name in ("notices", "poster"):  # open ones are told nothing
        answer = httpx.get(guarded.plain(name), headers=SPOOFED)
        assert answer.status_code == 200
        assert "mallory" not in answer.text
    answer = httpx.get(guarded.plain("diary"), headers=SPOOFED)
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")


async def test_one_applications_cookie_opens_no_other(guarded: Rack, ada: BrowserContext) -> None:
    page = await signed_in(ada, guarded)
    await page.goto(guarded.app("diary")["url"])
    (door,) = [each for each in await ada.cookies() if each["name"].endswith(".diary")]
    stolen = f"__Host-rackhouse.letters={door['value']}; {door['name']}={door['value']}"
    letters = httpx.URL(guarded.app("letters")["url"])
    address = letters.copy_with(scheme="https", host="127.0.0.1")
    with httpx.Client(verify=False) as client:
        answer = client.get(
            address,
            headers={"Host": f"{letters.host}:{letters.port}", "Cookie": stolen},
            extensions={"sni_hostname": letters.host},
        )
    assert answer.status_code == 401


async def test_signing_out_is_signing_out_everywhere(guarded: Rack, ada: BrowserContext) -> None:
    page = await signed_in(ada, guarded)
    console = page.url
    await page.goto(guarded.app("diary")["url"])
    await expect(page.locator("h1")).to_have_text("/")
    kept = await ada.cookies()
    await page.goto(console)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("h1")).to_have_text("Sign in")
    await ada.add_cookies(kept)  # type: ignore[arg-type]  # as a thief would
    for address in (console, guarded.app("diary")["url"]):
        await page.goto(address)
        await expect(page.locator("h1")).to_have_text("Sign in")


@pytest.fixture(scope="module")
def address() -> str:
    """This machine as others on its network name it.

    Where there is no network, another loopback address: what is bound to all is there too, what is
    bound to 127.0.0.1 is not.
    """
    return min(own_addresses(), default=NOWHERE)


@dataclass(frozen=True)
class Door:
    """A plain door of an application, seen from `host`."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def open(self) -> bool:
        """Whether somebody listens."""
        with closing(socket.socket()) as probe:
            return probe.connect_ex((self.host, self.port)) == 0


def door(rack: Rack, name: str, address: str) -> Door:
    return Door(address, int(rack.plain(name).rpartition(":")[2]))


async def test_the_network_reaches_what_is_open_to_it_and_nothing_else(
    guarded: Rack, address: str
) -> None:
    assert door(guarded, "poster", address).open
    assert door(guarded, "album", address).open
    for name in ("diary", "letters", "notices"):
        assert door(guarded, name, "127.0.0.1").open
        assert not door(guarded, name, address).open
    named = {urlsplit(each).port for each in links(guarded, "up", "--detach")}
    named.add(urlsplit(guarded.app("diary")["url"]).port)
    for port in named:
        assert port
        assert Door("127.0.0.1", port).open
        assert not Door(address, port).open


async def test_the_network_finds_behind_a_door_its_application_alone(
    guarded: Rack, address: str
) -> None:
    poster = door(guarded, "poster", address).url
    for host in ("diary.rack.localhost", "rack.localhost", "127.0.0.1"):
        answer = httpx.get(f"{poster}/x", headers={"Host": host, "Accept": "text/html"})
        assert (answer.status_code, "<h1>/x</h1>" in answer.text) == (200, True)


async def test_the_network_is_asked_to_sign_in_unless_all_is_public(
    guarded: Rack, ada: BrowserContext, address: str
) -> None:
    page = await ada.new_page()
    await page.goto(door(guarded, "poster", address).url)
    await expect(page.locator("h1")).to_have_text("/")
    answer = await page.goto(f"{door(guarded, 'album', address).url}/summer")
    assert answer
    assert answer.status == (421 if address == NOWHERE else 401)
    await expect(page.locator("body")).not_to_contain_text("/summer")
    for host in ("poster.rack.localhost", "album.rack.localhost", "127.0.0.1"):
        said = httpx.get(door(guarded, "album", address).url, headers={"Host": host})
        assert said.status_code == 421


async def test_the_owner_lets_a_phone_in(
    guarded: Rack, ada: BrowserContext, bob: BrowserContext, address: str
) -> None:
    if address == NOWHERE:
        pytest.skip("this machine is on no network, so there is no address to let anybody in at")
    page = await signed_in(ada, guarded)
    await page.locator("#application-list").get_by_role("link", name="album", exact=True).click()
    await page.get_by_role("button", name="Let another device in").click()
    shown = page.get_by_text(f"http://{address}:")
    invitation = await shown.inner_text()
    assert await grave(page) == []
    phone = await bob.new_page()
    await phone.goto(invitation)
    assert await grave(phone) == []
    await phone.get_by_role("button", name="Enter on this device").click()
    await expect(phone.locator("h1")).to_have_text("/")
    assert (await told(phone))[SUBJECT_HEADER.lower()] == "owner"
    again = await ada.new_page()
    await again.goto(invitation)
    await expect(again.locator("body")).to_contain_text("used already, or is too old")
