"""Pages: whole without a script, masked, escaped, and only for the owner."""

from __future__ import annotations

import pytest

from unit.console.desk import Bench


@pytest.mark.parametrize("path", ["/", "/applications/guestbook", "/parts/postgres", "/journal"])
async def test_every_page_is_whole(console: Bench, path: str) -> None:
    browser = await console.signed_in()
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.text.rstrip().endswith("</html>")
    assert answer.text.count("<h1>") == 1
    assert answer.headers["cache-control"] == "no-store"
