"""The real console process over a prepared rack, and a real browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from integration.parts.starter import free_ports
from rackhouse.console.links import one_time_link
from rackhouse.rack.load import load
from rackhouse.store.sqlite import SqliteStore
from unit.console.desk import KEY, SECRET
from unit.console.house import House, choose, furnished_house, supervised

expect.set_options(timeout=20_000)  # a machine that builds something else meanwhile

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


@dataclass
class Running:
    """A console that listens."""

    house: House
    port: int
    log: Path
    rack_file: Path | None = None
    took: float = 0.0  # seconds until it answered

    @property
    def url(self) -> str:
        """Where a person finds it."""
        return f"http://localhost:{self.port}"

    def link(self) -> str:
        """A fresh one-time link."""
        return one_time_link(self.house.paths, self.url, time.time())

    def ask(self, path: str) -> httpx.Response:
        """What a program is answered."""
        headers = {"authorization": f"Bearer {SECRET}"}
        return httpx.get(self.url + path, headers=headers, trust_env=False)

    def start(self) -> None:
        """Start it, and return when it answers."""
        environment = {
            "RACKHOUSE_CONSOLE_PORT": str(self.port),
            "RACKHOUSE_SIGNING_KEY": KEY,
            "RACKHOUSE_CONSOLE_SECRET": SECRET,
            "RACKHOUSE_RACK_FILE": str(self.rack_file or ""),
            "PATH": "/usr/bin:/bin",
        }
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "rackhouse.console", "."],
                env=environment,
                cwd=self.house.paths.root,
                stdout=log,
                stderr=log,
            )
        wait_until_healthy(self.port, self.process)
        self.took = time.monotonic() - began

    def stop(self) -> None:
        """As the supervisor stops it."""
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path) as made:
        yield made


@contextmanager
def serving(folder: Path, rack_file: Path | None = None) -> Iterator[Running]:
    """A console that listens while the block runs, over a furnished rack; quiet to its end."""
    root = folder / "rack"
    root.mkdir()
    rack = load(rack_file.read_text()) if rack_file else None
    house = furnished_house(root, rack, store=SqliteStore(root / "store.db"))
    made = Running(house, free_ports(1), folder / "console.log", rack_file)
    choose(house, "port", "console", number=str(made.port))
    with supervised(house):
        made.start()
        try:
            yield made
        finally:
            made.stop()
            house.store.close()
    assert made.log.read_text() == ""


def wait_until_healthy(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise AssertionError("the console does not answer")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "run scripts/system-packages"
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield made
        await made.close()


@pytest.fixture
async def page(running: Running, browser: Browser) -> AsyncIterator[Page]:
    """The owner's page. Whatever the browser complains of fails the test."""
    context = await browser.new_context(
        base_url=running.url, viewport={"width": 1280, "height": 800}
    )
    made = await context.new_page()
    complaints: list[str] = []
    made.on("console", lambda message: complaints.append(message.text))
    made.on("pageerror", lambda error: complaints.append(str(error)))
    await made.goto(running.link())
    await made.get_by_role("button", name="Sign in on this device").click()
    await made.wait_for_url(f"{running.url}/")
    yield made
    await context.close()
    assert complaints == []
