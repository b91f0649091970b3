"""Scripture read in Chromium, at a desk and on a phone: by keyboard, by thumb, and offline."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pypdf
import pytest
from playwright.async_api import Page, expect

from e2e.browsing import WIDER, grave, listened, reader

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reading")]
SOURCE = Path(__file__).parents[2] / "src"
PAGES = (
    "/",
    "/books#JHN",
    "/read/JHN/3",
    "/read/1TH/3/2-4?with=asv",
    "/read/PSA/119?with=asv",
    "/passages?ref=Ps 23; John 3:16",
    "/search",
    "/search?q=shepherd",
    "/search?q=xyzzy",
    "/plans",
    "/plan/three-places-in-a-year",
    "/about",
    "/go?ref=Jhon+3",
    "/nowhere",
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The process as it is started, with the texts of the packages."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    folder = tmp_path_factory.mktemp("texts")
    paths = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
    more = {"PORT": str(port), "SCRIPTURE_FOLDER": str(folder), "PYTHONPATH": paths}
    more["SCRIPTURE_SWORD"] = ""  # what happens to be installed here has no say
    command = [sys.executable, "-m", "rackhouse.services.scripture"]
    with subprocess.Popen(command, env={**os.environ, **more}) as process:
        try:
            _wait(f"http://localhost:{port}")
            yield f"http://localhost:{port}"
        finally:
            process.kill()


def _wait(origin: str) -> None:
    for _ in range(1_200):
        try:
            httpx.get(f"{origin}/healthz")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it does not listen")


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "dark"), (360, "light")]
)
async def test_every_page_fits_and_can_be_used_by_all(origin: str, width: int, scheme: str) -> None:
    async with reader(width, color_scheme=scheme) as context:
        page, complaints = await listened(context)
        for path in PAGES:
            await page.goto(origin + path)
            assert await page.evaluate(WIDER) <= 0, path
            assert await grave(page) == [], path
        # What is not there is said by its status too, which Chromium repeats.
        assert [
            it for it in complaints if "the server responded with a status of 4" not in it
        ] == []


async def test_by_the_keyboard_alone(origin: str) -> None:
    async with reader() as context:
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        await page.goto(f"{origin}/read/JHN/3")
        await page.keyboard.press("Tab")
        await expect(page.locator(":focus")).to_have_text("Skip to the text")
        for key, place in (("n", "JHN/4"), ("p", "JHN/3"), ("ArrowRight", "JHN/4"), ("p", "JHN/3")):
            await page.keyboard.press(key)
            await expect(page).to_have_url(f"{origin}/read/{place}")
            await page.wait_for_load_state()
        for key in ("j", "j", "k", "x", "j", "j", "X", "c"):
            await page.keyboard.press(key)
        await expect(page.locator(".verse.picked")).to_have_count(3)
        await expect(page.locator("#picked output")).to_have_text("Copied")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("\u201cThere was a man of the Pharisees, named Nicodemus")
        assert copied.endswith("\n\u2014 John 3:1\u20133 (KJV)")
        await page.keyboard.press("Escape")
        await expect(page.locator("#picked")).to_be_hidden()
        await page.keyboard.press("g")
        await page.keyboard.type("Salmo 23:4")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{origin}/read/PSA/23/4#v4")
        await expect(page.locator("#v4")).to_be_in_viewport()


async def test_by_the_thumb_and_remembered(origin: str) -> None:
    async with reader(390, has_touch=True, is_mobile=True) as context:
        page = await context.new_page()
        await page.goto(f"{origin}/read/ROM/8")
        await page.locator("#v2").tap()
        await expect(page.locator("#picked output")).to_have_text("Romans 8:2")
        await expect(page.locator("#v2")).to_have_css("position", "relative")
        await page.get_by_role("link", name="More", exact=True).tap()
        await expect(page).to_have_url(f"{origin}/read/ROM/8/2")
        await page.goto(f"{origin}/read/ROM/8")
        await page.get_by_label("Text and colours").tap()
        await page.get_by_role("radio", name="Dark").check()
        await page.get_by_role("checkbox", name="ASV").check()
        await page.get_by_role("button", name="Show").tap()
        await expect(page).to_have_url(f"{origin}/read/ROM/8?in=kjv&with=asv")
        await expect(page.locator("#v1 p")).to_have_count(2)
        colour = "getComputedStyle(document.body).backgroundColor"
        assert await page.evaluate(colour) == "rgb(23, 21, 19)"
        await page.goto(f"{origin}/read/ROM/9")  # its address says nothing of them
        await expect(page).to_have_url(f"{origin}/read/ROM/9?with=asv")
        assert await page.evaluate(colour) == "rgb(23, 21, 19)"
        await page.goto(origin)
        await page.get_by_role("link", name="Romans 9").tap()
        await expect(page.locator("h1")).to_have_text("Romans 9")


async def test_on_paper_translations_stand_beside_each_other_and_no_tool_does(origin: str) -> None:
    async with reader(
        700, color_scheme="dark"
    ) as context:  # as wide as a sheet between its margins
        page = await context.new_page()
        await page.emulate_media(media="print", color_scheme="dark")
        await page.goto(f"{origin}/read/ROM/8?with=asv")
        one, other = [await each.bounding_box() for each in await page.locator("#v1 p").all()]
        assert one
        assert other
        assert (one["y"], one["x"] + one["width"] <= other["x"]) == (other["y"], True)
        for tool in (".top", ".foot nav", ".onward", "#picked"):
            for each in await page.locator(tool).all():
                assert not await each.is_visible(), tool
        ink = "getComputedStyle(document.querySelector('#v1 p')).color"
        assert await page.evaluate(ink) == "rgb(0, 0, 0)"
        sheets = pypdf.PdfReader(io.BytesIO(await page.pdf(format="A4")))
        said = " ".join("\n".join(each.extract_text() for each in sheets.pages).split())
        assert "no condemnation to them that are in Christ" in said
        assert "King James Version, 1769" in said  # its terms go with it


async def test_without_a_script_it_is_read_all_the_same(origin: str) -> None:
    async with reader(390, java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(origin)
        await page.get_by_role("link", name="Jude").click()
        await page.goto(f"{origin}/read/JUD/1")
        await page.locator("#v3 .n").click()
        await expect(page).to_have_url(f"{origin}/read/JUD/1/3#v3")
        await page.get_by_label("Text and colours").click()
        await page.get_by_role("checkbox", name="ASV").check()
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("#v1 p")).to_have_count(2)
        await page.get_by_role("link", name="Next").last.click()
        await expect(page.locator("h1")).to_have_text("Revelation 1")
        await expect(page.locator("#v1 p")).to_have_count(2)


async def test_words_are_searched_and_a_plan_is_followed(origin: str) -> None:
    async with reader() as context:
        page = await context.new_page()
        await page.goto(f"{origin}/read/JHN/10")
        await page.keyboard.press("/")
        await page.keyboard.type('"good shepherd"')
        await page.keyboard.press("Enter")
        await expect(page.locator("mark").first).to_have_text("good shepherd")
        await expect(page.get_by_role("status")).to_have_text("2 verses.")
        await page.get_by_role("link", name="John 10:11").click()
        await expect(page.locator("#v11")).to_be_in_viewport()
        await page.goto(f"{origin}/search?q=sheperd")
        await page.get_by_role("link", name="shepherd", exact=True).click()
        await expect(page.get_by_role("status")).to_have_text("42 verses.")
        await page.get_by_label("Where").select_option(label="New Testament")
        await page.get_by_role("button", name="Search").click()
        await expect(page.locator(".hits h2").first).to_contain_text("Matthew")
        await page.goto(f"{origin}/plan/bible-in-a-year?date=2026-01-01")
        await page.get_by_role("link", name="Day after").click()
        await page.get_by_role("link", name="Genesis 5").click()
        await expect(page.locator("h1")).to_have_text("Genesis 5")


async def ready(page: Page) -> None:
    await page.evaluate("navigator.serviceWorker.ready")
    # No `wait_for_function`: it evaluates a text within the page, which the page forbids.
    await page.evaluate(
        """() => navigator.serviceWorker.controller || new Promise(controlled =>
            navigator.serviceWorker.addEventListener("controllerchange", controlled))"""
    )


async def test_what_was_read_is_read_offline(origin: str) -> None:
    async with reader(390) as context:
        page = await context.new_page()
        await page.goto(f"{origin}/read/JHN/3")
        await ready(page)
        for chapter in (3, 4):
            await page.goto(f"{origin}/read/JHN/{chapter}")
        await page.goto(f"{origin}/read/JUD/1")
        await page.get_by_label("Text and colours").click()
        await page.get_by_role("button", name="Keep Jude offline").click()
        await expect(page.get_by_text("It is kept")).to_be_visible()
        await context.set_offline(True)
        await page.goto(f"{origin}/read/JUD/1")
        await expect(page.locator("h1")).to_have_text("Jude 1")
        await page.goto(f"{origin}/read/JHN/3")
        await expect(page.locator("#v16")).to_contain_text("For God so loved the world")
        await page.goto(f"{origin}/read/JHN/4/2")
        await expect(page.locator("h1")).to_have_text("John 4")
        await page.goto(f"{origin}/read/JHN/5")
        await expect(page.locator("h1")).to_have_text("This was not read before")
        await page.get_by_role("link", name="start page").click()
        await expect(page.locator("h1")).to_have_text("What would you like to read?")
