"""Chromium as somebody has it who ran `rackhouse trust`: it is told to overlook nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python import base as axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from e2e.conftest import PROGRAM, Rack

expect.set_options(timeout=20_000)  # a machine that builds something else meanwhile

WIDER = "document.documentElement.scrollWidth - innerWidth"
CHECKS = (Path(axe.__file__).with_name("axe.min.js")).read_text()
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
)


def trust(rack: Rack, home: Path) -> Path:
    """Make whoever lives in `home` trust the rack; `home` again."""
    home.mkdir(parents=True, exist_ok=True)
    environment = {**rack.environment(), "HOME": str(home)}
    done = subprocess.run(
        [PROGRAM, "trust"], env=environment, capture_output=True, text=True, check=False
    )
    assert "ok  Chromium" in done.stdout, f"run scripts/system-packages\n{done}"
    return home


@asynccontextmanager
async def chromium(home: Path) -> AsyncIterator[Browser]:
    """A browser that trusts what `home` trusts."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("there is no Chromium here: run scripts/system-packages")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=list(FLAGS), env={**os.environ, "HOME": str(home)}
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def reader(width: int = 1280, **how: Any) -> AsyncIterator[BrowserContext]:
    """Somebody with a browser of that width, who trusts no rack: for services by themselves."""
    async with chromium(Path.home()) as browser:
        size = {"width": width, "height": 900}
        yield await browser.new_context(viewport=size, **how)


async def listened(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what its console complains of."""
    page, complaints = await context.new_page(), list[str]()
    page.on("console", lambda told: complaints.append(told.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


async def grave(page: Page) -> list[str]:
    """What axe finds serious or critical on the page, each with its rule and the element."""
    await page.evaluate(CHECKS)
    found = await page.evaluate("axe.run(document).then(done => done.violations)")
    return [
        f"{each['id']}: {node['html']}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]
