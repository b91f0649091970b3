"""What a page owes everybody, judged in a browser: it fits, and can be read and reached."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python import base as axe
from playwright.async_api import Page

CHECKS = (Path(__file__).parent / "accessible.js").read_text()
AXE = Path(axe.__file__).with_name("axe.min.js").read_text()


async def faultless(page: Page, *, by_axe: bool = False) -> None:
    """The page as it is shown now; `by_axe`: by all that axe knows, too, which takes a second."""
    where = page.url, page.viewport_size
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where
    assert await page.evaluate(CHECKS) == [], where
    if by_axe:
        await page.evaluate(AXE)
        found = await page.evaluate("axe.run(document).then(r => r.violations)")
        assert [each["id"] for each in found] == [], where
