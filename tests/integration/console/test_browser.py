"""The pages in a real browser: live, by keyboard, on a phone, in both schemes, without a script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from integration.console.conftest import Running
from integration.console.faultless import faultless
from rackhouse.supervisor.unit import Phase
from unit.console.house import log, state

PATHS = ["/", "/applications/guestbook", "/applications/trial", "/parts/postgres", "/journal"]
SHOWN = "a.thing:visible"


async def test_a_change_is_seen_without_a_reload(running: Running, page: Page) -> None:
    await page.evaluate("window.untouched = true")
    state(running.house, "cache", phase=Phase.CRASHED, why="ended with 1")
    row = page.locator("#part-list li", has_text="cache")
    await expect(row).to_contain_text("crashed", timeout=20_000)
    await expect(page.locator("#head")).to_contain_text("cache: ended with 1")
    await expect(page.locator(SHOWN, has_text="cache").locator(".mark.bad")).to_be_visible()
    assert await page.evaluate("window.untouched")


async def test_the_focus_stays_where_it_was_when_a_piece_is_put_anew(
    running: Running, page: Page
) -> None:
    card = page.locator(SHOWN, has_text="notes")
    await card.focus()
    state(running.house, "cache", phase=Phase.BACKOFF, why="ended")
    await expect(page.locator("#head")).to_contain_text("cache: ended", timeout=20_000)
    focused = await page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "/applications/notes"


async def test_a_log_goes_on_and_can_be_stopped(running: Running, page: Page) -> None:
    await page.goto("/applications/guestbook")
    shown = page.locator("#log")
    await expect(shown).to_contain_text("served / in 3 ms")
    log(running.house, "guestbook.web@r2", ["one more <b>line</b>"])
    await expect(shown).to_contain_text("one more <b>line</b>", timeout=20_000)
    await page.get_by_label("follow").uncheck()
    log(running.house, "guestbook.web@r2", ["nobody sees this"])
    await page.wait_for_timeout(700)
    await expect(shown).not_to_contain_text("nobody sees this")
    await page.get_by_label("follow").check()
    await expect(shown).to_contain_text("nobody sees this")
    assert (await shown.inner_text()).count("one more") == 1


async def test_use_is_drawn_after_some_seconds(page: Page) -> None:
    await page.goto("/parts/postgres")
    await expect(page.locator(".spark .line").first).to_be_attached(timeout=30_000)


async def test_everything_can_be_reached_by_keyboard(page: Page) -> None:
    await page.goto("/")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the content"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"
    reached: list[str] = []
    for _ in range(60):
        await page.keyboard.press("Tab")
        at = await page.evaluate(
            "(e => [e.getAttribute('href'), getComputedStyle(e).outlineStyle,"
            " e.classList.contains('thing')])(document.activeElement)"
        )
        if at[0] is None:
            break
        assert at[2] or at[1] != "none"  # the picture's cards show it by their frame
        reached.append(at[0])
    for path in ("/applications/trial", "/parts/objects", "http://127.0.0.1:9001/", "/journal"):
        assert path in reached


async def test_nothing_is_cut_off_at_any_width(page: Page) -> None:
    for width in (320, 390, 768, 1280, 1920):
        await page.set_viewport_size({"width": width, "height": 844})
        for path in (*PATHS, "/sign-in"):
            await page.goto(path)
            over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, (path, width)
        await page.goto("/")
        picture = page.locator("svg.picture:visible")
        await expect(picture).to_have_count(1)
        assert ("wide" in str(await picture.get_attribute("class"))) is (width > 768)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
async def test_nothing_stands_in_anybodys_way(page: Page, scheme: Any) -> None:
    """Names, labels, sizes and contrast, and all that axe knows."""
    await page.emulate_media(color_scheme=scheme)
    for width in (390, 1280):
        await page.set_viewport_size({"width": width, "height": 844})
        for path in (*PATHS, "/sign-in", "/sign-in?token=x"):
            await page.goto(path)
            await faultless(page, by_axe=True)


async def test_without_a_script_every_page_is_whole(running: Running, browser: Browser) -> None:
    context = await browser.new_context(base_url=running.url, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(running.link())
    await page.get_by_role("button", name="Sign in on this device").click()
    await expect(page.locator("h1")).to_have_text("home")
    await page.get_by_role("link", name="guestbook", exact=True).first.click()
    await expect(page.locator("#log")).to_contain_text("served / in 3 ms")
    await expect(page.locator("time").first).to_contain_text("UTC")
    await expect(page.get_by_label("follow")).to_be_hidden()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("h1")).to_have_text("Sign in")
    await context.close()


async def test_motion_stops_for_who_asks_for_less(page: Page, running: Running) -> None:
    state(running.house, "cache", phase=Phase.STARTING)
    turning = page.locator("svg.wide .turning").first
    await expect(turning).to_be_attached(timeout=20_000)
    moves = "e => getComputedStyle(e).animationName"
    assert await turning.evaluate(moves) == "turn"
    await page.emulate_media(reduced_motion="reduce")
    assert await turning.evaluate(moves) == "none"


async def test_when_the_console_is_away_the_page_says_so_and_comes_back(
    running: Running, browser: Browser
) -> None:
    context = await browser.new_context(base_url=running.url)
    page = await context.new_page()
    await page.goto(running.link())
    await page.get_by_role("button").click()
    await expect(page.locator("h1")).to_have_text("home")
    running.stop()
    await expect(page.locator("#offline")).to_be_visible(timeout=15_000)
    running.start()
    await expect(page.locator("#offline")).to_be_hidden(timeout=15_000)
    await expect(page.locator("h1")).to_have_text("home")  # and still signed in
    await context.close()
