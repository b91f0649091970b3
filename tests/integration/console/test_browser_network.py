"""The network, the machines and what-if in a real browser: any width, both schemes, keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from integration.console.conftest import Running, serving
from integration.console.faultless import faultless
from rackhouse.apply.joined import join
from unit.console.reference import FILE, cut_off, matrix, measured

PATHS = [
    "/machines",
    "/network",
    "/what-if?without=pi-1&without=gpu%3Aforge&add=pi-5%3Drpi5-8gb%2Cprice%3D95+EUR",
    "/rack-file#L17",
]
FOCUSED = "document.activeElement.getAttribute('aria-label')"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The reference rack, of which a machine has joined and whose twin differs from the file."""
    with serving(tmp_path, FILE) as made:
        join(made.house.store, "pi-1", {"host": "10.20.20.11", "user": "pi"})
        measured(made.house.paths.root, matrix(cut_off, "the desk does not reach forge"))
        yield made


@pytest.mark.slow
async def test_nothing_stands_in_anybodys_way(page: Page) -> None:
    """Sizes differ by width and colours by scheme, so each is looked at, and not each pair."""
    looks: list[tuple[int, Any]] = [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
    for width, scheme in looks:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 844})
        for path in PATHS:
            await page.goto(path)
            await faultless(page, by_axe=(width, scheme) in looks[1:3])


async def test_a_chart_is_walked_with_keys_and_each_cell_leads_to_its_words(page: Page) -> None:
    await page.goto("/network")
    first, second = page.locator("[data-keys]").nth(0), page.locator("[data-keys]").nth(1)
    await expect(second.locator("a.thing[tabindex='0']")).to_have_count(1)
    await first.locator("a.thing[tabindex='0']").focus()
    assert await page.evaluate(FOCUSED) == "gate to management: everything open"
    for key in ["ArrowDown"] * 4 + ["ArrowRight"] * 2:
        await page.keyboard.press(key)
    words = "development to gpu: ssh open; packets: ssh is closed and should be open (no answer)"
    assert await page.evaluate(FOCUSED) == words.partition(";")[0]
    await page.keyboard.press("Tab")
    assert (await page.evaluate(FOCUSED)).startswith("gate to management")
    for key in ["ArrowDown"] * 4 + ["ArrowRight"] * 2:
        await page.keyboard.press(key)
    assert await page.evaluate(FOCUSED) == words
    await expect(page.locator("[data-told]")).to_have_text(words)
    await page.keyboard.press("Enter")
    row = page.locator("tr", has=page.locator(":target"))
    await expect(row).to_contain_text("1 port otherwise")
    await row.get_by_role("link", name="line 18").press("Enter")
    await expect(page.locator(":target")).to_contain_text("{from: development, to: gpu")


async def test_what_if_answers_while_boxes_are_ticked(page: Page) -> None:
    await page.goto("/what-if")
    await page.evaluate("window.untouched = true")
    box = page.get_by_label("pi-1 server")
    await box.focus()
    await page.keyboard.press("Space")
    await expect(page.locator("#verdict")).to_contain_text("Without pi-1")
    await expect(box).to_be_focused()
    assert page.url.endswith("/what-if?without=pi-1")
    assert await page.evaluate("window.untouched")
    await page.get_by_label("A machine called").fill("pi-5")
    await page.get_by_label("Price").fill("95 EUR")
    await page.get_by_role("button", name="Add it").press("Enter")
    await expect(page.locator("#verdict")).to_contain_text("Without pi-1, with pi-5")
    await expect(page.locator("#answer")).to_contain_text("95.00 EUR")
    await page.get_by_label("pi-5: rpi5-8gb").uncheck()
    await expect(page.locator("#answer")).not_to_contain_text("95.00 EUR")


@pytest.mark.slow
async def test_what_if_answers_without_a_script(running: Running, browser: Browser) -> None:
    context = await browser.new_context(base_url=running.url, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(running.link())
    await page.get_by_role("button", name="Sign in on this device").click()
    await page.goto("/what-if")
    await page.get_by_label("forge gpu").check()
    await page.get_by_role("button", name="Work it out").click()
    await expect(page.locator("#verdict")).to_contain_text("Without forge")
    await page.goto("/network")
    await expect(page.locator("#found")).to_contain_text("the desk does not reach forge")
    await context.close()
