"""The console's page of models in Chromium, at a desk and on a phone: it fits, and is asked."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect

from e2e.browsing import FLAGS, grave
from fakes.models.desk import Desk, desk
from fakes.models.script import Act
from rackhouse.console.app import create_app
from rackhouse.console.links import one_time_link
from unit.console.desk import Bench, bench

pytestmark = pytest.mark.slow
ADMIN = "sk-rack-owner"
WIDER = "document.documentElement.scrollWidth - innerWidth"


@asynccontextmanager
async def served(made: Bench) -> AsyncIterator[str]:
    """The console's own door, on a free port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    made.desk = replace(made.desk, clock=time.time, settings=replace(made.desk.settings, port=port))
    config = uvicorn.Config(create_app(made.desk, made.streams), log_level="critical")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://localhost:{port}"
    finally:
        made.streams.stop()
        server.should_exit = True
        await serving


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("there is no Chromium here: run scripts/system-packages")
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield found
        finally:
            await found.close()


async def signed_in(page: Page, made: Bench, origin: str) -> None:
    await page.goto(one_time_link(made.house.paths, origin, time.time()))
    await page.locator("main button").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
async def test_it_is_read_and_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    with desk(admin=ADMIN) as door, bench(tmp_path) as made:
        monkeypatch.setenv("RACKHOUSE_GATEWAY", door.url)
        monkeypatch.setenv("RACKHOUSE_GATEWAY_KEY", ADMIN)
        door.chat()
        async with served(made) as origin, browser() as chromium:
            context = await chromium.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme
            )
            page = await context.new_page()
            complaints: list[str] = []
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await signed_in(page, made, origin)
            await page.goto(f"{origin}/models")
            await asked(page, door)
            await asked_anew(page, door)
            assert await page.evaluate(WIDER) <= 0
            assert await grave(page) == []
            assert complaints == []


async def asked(page: Page, door: Desk) -> None:
    """By the keyboard alone; the words of the answer come one by one."""
    door.scripts["first"].always = Act(pause=0.05)
    await page.locator("#prompt").focus()
    await page.keyboard.type("What was made?")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    said = page.locator("#answers .said")
    await expect(said).to_contain_text("In the")
    await expect(page.locator("#answers .facts")).to_contain_text("first, ")
    await expect(said).to_have_text(Act().text)
    await expect(page.locator("#traffic")).to_contain_text("console")  # the page by itself


async def asked_anew(page: Page, door: Desk) -> None:
    """Another question ends the first, at the upstream too."""
    script = door.scripts["first"]
    script.always = Act(pause=3600)
    button = page.get_by_role("button", name="Ask", exact=True)
    await button.click()
    end = time.monotonic() + 20
    while not script.active:
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    script.always = Act()
    await button.click()
    await expect(page.locator("#answers .said")).to_have_text(Act().text)
    while not script.left:
        assert time.monotonic() < end + 20
        await asyncio.sleep(0.05)
