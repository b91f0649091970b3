"""The README's pictures: the console of the rack that is up, in headless Chromium."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PROGRAM = str(Path(sys.executable).with_name("rackhouse"))
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> None:
    """Take them all."""
    link = subprocess.run(
        [PROGRAM, "open", "--print", "--plain"], capture_output=True, text=True, check=True
    ).stdout.strip()
    root = link.partition("/sign-in")[0]
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page()
        page.goto(link)
        page.click("main button")
        page.wait_for_url(f"{root}/")
        session = page.context.storage_state()
        for name, path, width, height, scheme in (
            ("rack", "/", 1280, 760, "light"),
            ("application", "/applications/guestbook", 1280, 900, "dark"),
            ("phone", "/", 390, 844, "dark"),
        ):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                storage_state=session,
            )
            page = context.new_page()
            page.goto(root + path)
            page.wait_for_timeout(6000)  # a few samples of memory and processor time
            page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=82)
        browser.close()


if __name__ == "__main__":
    main()
