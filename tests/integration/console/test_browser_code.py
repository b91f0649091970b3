"""The pages of repositories in a real browser: nothing in them runs, everything can be used."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from integration.console.conftest import Running
from integration.console.faultless import faultless
from rackhouse.store.sqlite_forge import SqliteForge
from unit.console.repositories import ODD, Repositories, furnish, quoted
from unit.delivery.repositories.conftest import Place

HELLO, EVIL = "/repositories/hello", "/repositories/evil"


@pytest.fixture
def made(running: Running) -> Repositories:
    forge = SqliteForge(running.house.paths.store)
    try:
        return furnish(running.house, Place(running.house.paths, forge))
    finally:
        forge.close()


def pages(made: Repositories) -> list[str]:
    return [
        "/repositories",
        HELLO,
        "/repositories/empty",
        f"{HELLO}/files?path=src/app.py",
        f"{HELLO}/files?path=docs/pixel.png",
        f"{HELLO}/files?path=docs/app",
        f"{HELLO}/commits",
        f"{HELLO}/commits/{made.last}",
        f"{HELLO}/branches",
        f"{HELLO}/compare?base=main&to=new-form",
        EVIL,
        f"{EVIL}/files?path=dir",
        f"{EVIL}/files?path=huge.py",
        f"{EVIL}/commits/{made.evil}",
        f"{EVIL}/branches",
    ]


async def test_from_the_list_to_a_line_of_code(made: Repositories, page: Page) -> None:
    await page.get_by_role("link", name="Repositories").click()
    await page.get_by_role("link", name="hello", exact=True).click()
    await expect(page.get_by_label("Clone")).to_have_value(
        "https://git.rack.localhost:8443/hello.git"
    )
    await page.get_by_role("link", name="the code").click()
    await page.locator("#L6 > a").click()
    assert page.url.endswith(f"{HELLO}/files?path=src/app.py#L6")
    await expect(page.locator("#L6")).to_have_css("background-color", "rgb(248, 236, 208)")
    await page.get_by_role("link", name="History").click()
    await page.get_by_role("link", name="Guests are greeted by name").click()
    await expect(page.locator("tr.added", has_text="def greet")).to_be_visible()
    await page.get_by_role("link", name="Branches").click()
    await page.get_by_role("link", name="1 ahead, 1 behind").click()
    await expect(page.locator("summary", has_text="src/form.py")).to_be_visible()


async def test_nothing_of_a_hostile_repository_runs_or_is_fetched(
    made: Repositories, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
    for address in (*pages(made)[10:], *(f"{EVIL}/files?path=dir/{quoted(name)}" for name in ODD)):
        await page.goto(address)
        scripts = await page.evaluate(
            "[...document.scripts].map(each => new URL(each.src).pathname)"
        )
        assert set(scripts) == {"/static/live.js", "/static/copy.js"}
        await expect(page.locator("#main")).to_be_visible()
        assert (
            await page.locator("main :is(script, iframe, base, style, form[method=post])").count()
            == 0
        )
    origin = page.url.partition("/repositories")[0]
    assert [url for url in asked if not url.startswith(origin)] == []


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
async def test_nothing_stands_in_anybodys_way(made: Repositories, page: Page, scheme: Any) -> None:
    await page.emulate_media(color_scheme=scheme)
    for address in pages(made):
        await page.goto(address)
        for width in (320, 390, 1280):
            await page.set_viewport_size({"width": width, "height": 844})
            await faultless(page)


async def test_the_clone_address_is_copied(
    running: Running, made: Repositories, page: Page
) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(HELLO)
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == "https://git.rack.localhost:8443/hello.git"


async def test_without_a_script_it_is_all_there(
    running: Running, made: Repositories, browser: Browser
) -> None:
    context = await browser.new_context(base_url=running.url, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(running.link())
    await page.get_by_role("button", name="Sign in on this device").click()
    await page.goto(HELLO)
    await expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    await page.get_by_label("Branch, tag or commit").select_option("new-form")
    await page.get_by_role("button", name="Show").click()
    await page.get_by_role("link", name="src", exact=True).click()
    await page.get_by_role("link", name="form.py").click()
    await expect(page.locator("#L5")).to_contain_text("a = 1")
    await context.close()
