"""The pages of runs in a real browser: what is said is seen, lines are found, all is reachable."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from integration.console.conftest import Running
from integration.console.faultless import faultless
from rackhouse.delivery.runs.log import Kind
from rackhouse.store.forge import RunStatus
from rackhouse.store.sqlite_forge import SqliteForge
from unit.console.runs import Made, furnish
from unit.delivery.repositories.conftest import Place

APP = "/applications/guestbook"


@pytest.fixture
def made(running: Running) -> Any:
    forge = SqliteForge(running.house.paths.store)
    yield furnish(running.house, Place(running.house.paths, forge))
    forge.close()


def pages(made: Made) -> list[str]:
    runs = (made.passed, made.failed, made.running, made.waiting, made.plain, made.evil)
    return [
        "/runs",
        *(f"/runs/{number}" for number in runs),
        APP,
        f"{APP}/compare?old=3&new=4",
        f"{APP}/rollback?release=3",
        "/journal/people",
    ]


async def test_a_run_is_followed_while_it_goes_on(made: Made, page: Page) -> None:
    await page.goto(f"/runs/{made.running}")
    log = page.locator("#run-log")
    await expect(log.get_by_text("two", exact=True)).to_be_visible()
    await page.evaluate("window.untouched = true")
    made.say(made.running, "three \x1b[32mgreen\x1b[0m <b>bold</b>", job="test")
    await expect(log.get_by_text("three green <b>bold</b>")).to_be_visible()
    made.say(made.running, "upload", job="test", kind=Kind.GROUP)
    made.say(made.running, "sent", job="test")
    await expect(log.get_by_text("sent", exact=True)).to_be_visible()
    await expect(log.get_by_text("two", exact=True)).to_be_hidden()
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # comes back
    made.say(made.running, "LIVE", kind=Kind.NOTE)
    made.end(made.running, RunStatus.PASSED)
    await expect(page.locator("#head .state")).to_have_text("passed")
    await expect(page.get_by_role("button", name="Run again")).to_be_visible()
    await expect(log.get_by_text("LIVE", exact=True)).to_have_count(1)
    await expect(log.locator(".badge.new")).to_have_count(0)
    numbers = await log.locator(".lines a").all_text_contents()
    assert len(numbers) == len(set(numbers))
    assert await page.evaluate("window.untouched")


async def test_a_step_that_fails_is_shown_when_it_does(made: Made, page: Page) -> None:
    await page.goto(f"/runs/{made.running}")
    step = page.locator("details.step", has_text="two")
    await expect(step.locator(".badge")).to_have_text("running")
    made.end(made.running, RunStatus.FAILED, why="it was cut short twice")
    await expect(step.locator(".badge")).to_have_text("failed")
    await expect(page.locator("#head .alert")).to_have_text("it was cut short twice")


async def test_the_address_of_a_line_opens_its_step(made: Made, page: Page) -> None:
    await page.goto(f"/runs/{made.failed}#L10")
    line = page.locator("#L10")
    await expect(line).to_be_visible()
    await expect(line).to_have_css("background-color", "rgb(248, 236, 208)")
    await page.get_by_role("button", name="Fold all").click()
    await expect(line).to_be_hidden()
    await page.get_by_role("button", name="Open all").click()
    await page.locator("#L12 > a").click()
    assert page.url.endswith(f"/runs/{made.failed}#L12")
    picture = page.locator("svg.wide")
    await picture.get_by_role("link", name="test 3.12: failed").click()
    assert page.url.endswith("#job-2")


async def test_a_long_log_neither_hurts_nor_hides_its_beginning(made: Made, page: Page) -> None:
    folder = made.house.paths.runs / str(made.plain)
    folder.mkdir(parents=True, exist_ok=True)
    row = {"kind": "text", "job": "pytest", "step": "pytest", "at": time.time()}
    with (folder / "log.jsonl").open("w") as file:
        file.writelines(json.dumps({**row, "text": f"row {n}"}) + "\n" for n in range(1, 100_001))
    await page.goto(f"/runs/{made.plain}#L5")
    await expect(page.locator("#L5")).to_be_visible()
    assert f"/runs/{made.plain}?line=5#L5" in page.url
    assert await page.locator(".lines > li").count() <= 2000
    await page.get_by_role("link", name="to the end").click()
    await page.locator("summary").click()
    await expect(page.get_by_text("row 100000", exact=True)).to_be_visible()


async def test_nothing_stands_in_anybodys_way(made: Made, page: Page) -> None:
    """Wide and in the light, on a phone and in the dark, every step opened."""
    schemes: list[tuple[Any, int]] = [("light", 1280), ("dark", 390), ("light", 320)]
    for scheme, width in schemes:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 844})
        for path in pages(made):
            await page.goto(path)
            await page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            await faultless(page)


async def test_without_a_script_a_run_is_whole(
    made: Made, running: Running, browser: Browser
) -> None:
    context = await browser.new_context(base_url=running.url, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(running.link())
    await page.get_by_role("button", name="Sign in on this device").click()
    await page.get_by_role("link", name="Runs").click()
    await page.get_by_role("link", name=f"#{made.failed}").click()
    await expect(page.get_by_text("E assert 2 == 1")).to_be_visible()
    await page.get_by_role("button", name="Run again").click()
    await expect(page.locator("h1")).not_to_have_text(f"Run {made.failed}")
    await page.get_by_role("button", name="Cancel this run").click()
    await expect(page.locator("#head .state")).to_have_text("cancelled")
    await page.goto(APP)
    await page.get_by_role("button", name="Compare").click()
    await expect(page.locator("h1")).to_have_text("From r3 to r4")
    await context.close()
