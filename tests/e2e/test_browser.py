"""Every example as a person meets it: by name, over TLS, in Chromium, at a desk and on a phone.

`heartbeat` has no page: test_examples.py looks at what it writes.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from e2e.browsing import chromium, grave, trust
from e2e.conftest import Rack

pytestmark = [pytest.mark.xdist_group("rack"), pytest.mark.asyncio(loop_scope="module")]

DESK, PHONE = 1280, 390  # pixels wide
LOOKS = [
    pytest.param((DESK, "light"), id=f"{DESK}-light"),
    pytest.param((PHONE, "dark"), id=f"{PHONE}-dark"),
    pytest.param((DESK, "dark"), id=f"{DESK}-dark", marks=pytest.mark.slow),
    pytest.param((PHONE, "light"), id=f"{PHONE}-light", marks=pytest.mark.slow),
]
WIDER = "document.documentElement.scrollWidth - innerWidth"
GROUND = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
CALENDAR = """<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<set><prop><displayname>What to water</displayname></prop></set></C:mkcalendar>"""
ROWS = [("apple", 12), ("pear", 7), ("quince", 3)]


@dataclass
class Visitor:
    """Somebody with one browser, who opens applications by their names."""

    rack: Rack
    context: BrowserContext
    scheme: str
    complaints: list[str] = field(default_factory=list)  # what the browser had to say

    async def open(self, name: str, path: str = "") -> Page:
        """The application's page at `path`; it may be missing, but not a part of it."""
        address = f"{self.rack.app(name)['url']}{path}"
        assert address.startswith(f"https://{name}.rack.localhost:")
        page = await self.context.new_page()

        def note(message: ConsoleMessage) -> None:
            if message.location["url"] != address:
                self.complaints.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(address)
        return page

    async def likes(self, page: Page) -> None:
        """It fits, is in the colours that were asked for, and stands in nobody's way."""
        assert await page.evaluate(WIDER) <= 0
        assert (sum(await page.evaluate(GROUND)) < 3 * 128) is (self.scheme == "dark")
        assert await grave(page) == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(rack: Rack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with chromium(trust(rack, tmp_path_factory.mktemp("home"))) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", params=LOOKS)
async def visitor(
    request: pytest.FixtureRequest, rack: Rack, browser: Browser
) -> AsyncIterator[Visitor]:
    width, scheme = request.param
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    made = Visitor(rack, context, scheme)
    yield made
    await context.close()
    assert made.complaints == []


@pytest_asyncio.fixture(loop_scope="module", params=[DESK, PHONE])
async def context(
    request: pytest.FixtureRequest, browser: Browser
) -> AsyncIterator[BrowserContext]:
    """For programs that nobody here wrote: what they look like is not ours to judge."""
    made = await browser.new_context(viewport={"width": request.param, "height": 800})
    yield made
    await made.close()


async def test_the_guestbook_is_signed_with_a_picture(
    visitor: Visitor, request: pytest.FixtureRequest
) -> None:
    who = f"Ada of {request.node.callspec.id}"
    page = await visitor.open("guestbook")
    await visitor.likes(page)
    await page.get_by_label("Your name").fill(who)
    await page.get_by_label("Your message").fill("Long words are broken: " + "o" * 200)
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": await page.screenshot()}
    await page.get_by_label("A picture, if you like").set_input_files([picture])
    await page.get_by_role("button", name="Sign the book").click()
    entry = page.get_by_role("listitem").first
    await expect(entry).to_contain_text(who)
    await assert_drawn(entry.get_by_role("img", name=f"A picture by {who}"))
    await visitor.likes(page)


async def test_the_site_is_read(visitor: Visitor) -> None:
    page = await visitor.open("site")
    await expect(page.locator("h1")).to_have_text("It works, and it is yours.")
    await visitor.likes(page)
    lost = await visitor.open("site", "nowhere")
    await expect(lost.locator("h1")).to_have_text("Not here.")
    await visitor.likes(lost)
    await lost.get_by_role("link").click()
    await expect(lost.locator("h1")).to_have_text("It works, and it is yours.")


async def test_what_one_says_in_the_chat_another_sees_at_once(
    visitor: Visitor, request: pytest.FixtureRequest
) -> None:
    said = f"hello from {request.node.callspec.id} <b>"
    ada, bob = await visitor.open("chat"), await visitor.open("chat")
    for page in (ada, bob):
        await expect(page.get_by_role("status")).to_have_text("connected")
    await ada.get_by_label("Your name").fill("Ada")
    await ada.get_by_label("Message", exact=True).fill(said)
    await ada.keyboard.press("Enter")
    for page in (bob, ada):
        await expect(page.get_by_role("listitem").last).to_have_text(f"Ada {said}")
        await expect(page.get_by_role("listitem").last).to_be_in_viewport()
        await visitor.likes(page)
    await expect(ada.get_by_label("Message", exact=True)).to_have_value("")


async def test_a_postcard_is_ordered_and_drawn(visitor: Visitor) -> None:
    page = await visitor.open("postcards")
    await visitor.likes(page)
    await page.get_by_label("A greeting").fill("Greetings, & love, from where the hills are")
    await page.get_by_role("button", name="Draw it").click()
    await expect(page.get_by_role("img")).to_be_visible()
    await assert_drawn(page.get_by_role("img"))
    await visitor.likes(page)
    await page.get_by_role("link", name="Another one").click()
    await assert_drawn(page.get_by_role("listitem").first.get_by_role("img"))
    await visitor.likes(page)


async def assert_drawn(picture: Locator) -> None:
    """It is a picture that the browser could decode, and not the sign for a broken one."""
    await picture.scroll_into_view_if_needed()
    await picture.evaluate("picture => picture.decode()")
    assert await picture.evaluate("picture => picture.naturalWidth") > 0


async def test_datasette_shows_the_rows_of_a_table(rack: Rack, context: BrowserContext) -> None:
    with closing(sqlite3.connect(rack.home / "volumes" / "datasette.data" / "data.db")) as data:
        data.execute("CREATE TABLE IF NOT EXISTS fruit (name TEXT PRIMARY KEY, pieces INTEGER)")
        data.executemany("INSERT OR IGNORE INTO fruit VALUES (?, ?)", ROWS)
        data.commit()
    page = await context.new_page()
    await page.goto(rack.app("datasette")["url"])
    await page.get_by_role("link", name="fruit").first.click()
    await expect(page.locator("h1")).to_have_text("fruit")
    for name, pieces in ROWS:
        row = page.get_by_role("row").filter(has_text=name)
        await expect(row).to_contain_text(str(pieces))
        await expect(row).to_be_visible()


async def test_radicale_shows_whoever_signs_in_their_calendars(
    rack: Rack, context: BrowserContext
) -> None:
    httpx.request(
        "MKCALENDAR", f"{rack.plain('radicale')}/bea/plants/", auth=("bea", "x"), content=CALENDAR
    )
    page = await context.new_page()
    await page.goto(rack.app("radicale")["url"])
    # Radicale's page signs nobody in without a password, though its server, as set up, asks none.
    await page.locator("#loginscene").get_by_placeholder("Username").fill("bea")
    await page.locator("#loginscene").get_by_placeholder("Password").fill("any")
    signed_in = page.get_by_text("bea's Collections")
    deadline = time.monotonic() + 30
    # Its button moves while the page is put together, and until then nobody listens to it.
    while not await signed_in.is_visible() and time.monotonic() < deadline:
        await page.keyboard.press("Enter")
        await asyncio.sleep(0.5)
    await expect(signed_in).to_be_visible()
    await expect(page.get_by_role("heading", name="What to water")).to_be_visible()
