"""A newcomer's first day: by git and Chromium alone, by name, over TLS, as the how-to says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.browsing import chromium, grave, trust
from e2e.conftest import Rack
from e2e.test_git_sign_in import BARE, git, rack
from e2e.test_push import SERVER, TEST

pytestmark = pytest.mark.xdist_group("push")
__all__ = ["rack"]  # a fixture


def write(folder: Path, said: str) -> None:
    for name, text in {
        "server.py": SERVER,
        "test_words.py": TEST,
        "words.py": f'def greeting():\n    return "{said}"\n',
        "Procfile": "web: python server.py\n",
        "README.md": "# Hello\n\nIt says *hello*. <script>document.title = 'stolen'</script>\n",
    }.items():
        (folder / name).write_text(text)


def push(folder: Path, message: str, to: str = "main") -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "push", "rack", f"HEAD:{to}")


async def reads(page: Page, address: str, said: str) -> None:
    await page.goto(address)
    await expect(page.locator("body")).to_have_text(said)


@pytest.mark.slow
async def test_a_first_day(rack: Rack, tmp_path: Path) -> None:
    made = rack.run("repository", "create", "hello", "--git").stdout
    url = made.split("git remote add rack ")[1].split()[0]
    folder = tmp_path / "hello"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "rack", url)
    async with chromium(trust(rack, tmp_path / "me")) as browser:
        page = await browser.new_page()
        await page.goto(rack.run("open", "--print").stdout.strip())
        await page.get_by_role("button").first.click()

        write(folder, "hello world")
        assert "LIVE: hello r1" in push(folder, "A first version")
        home = rack.app("hello")["url"]
        await reads(page, home, "hello world")

        write(folder, "goodbye")
        assert "NOT LIVE: unittest failed; hello r1 serves on" in push(folder, "Broken")
        await reads(page, home, "hello world")

        console = f"{home.replace('hello.', '', 1).rstrip('/')}"
        await page.goto(f"{console}/repositories/hello")
        await expect(page.get_by_role("heading", name="Hello Link")).to_be_visible()
        assert await page.title() != "stolen"
        await page.get_by_role("link", name="failed").first.click()
        await expect(page.get_by_text("FAIL: test_greeting").first).to_be_visible()
        assert await grave(page) == []

        write(folder, "hello again")
        assert "LIVE: hello r2" in push(folder, "Mended")
        await reads(page, home, "hello again")
        await page.goto(f"{console}/applications/hello")
        await page.get_by_role("link", name="Go back to r1").click()
        await page.get_by_role("button", name="Go back to r1").click()
        await expect(page.get_by_text("live").first).to_be_visible()
        await reads(page, home, "hello world")

        write(folder, "hello blue")
        said = push(folder, "Blue", to="blue")
        assert "LIVE: blue--hello r1" in said
        await reads(page, rack.app("blue--hello")["url"], "hello blue")
        await reads(page, home, "hello world")

        change_the_rack(tmp_path / "rack-files", url.replace("hello.git", "rack.git"))
        assert rack.app("second")["phase"] == "ready"
        await reads(page, rack.app("second")["url"], "hello second")


def change_the_rack(folder: Path, url: str) -> None:
    """Another application, by a push of the rack's own file."""
    (folder / "second").mkdir(parents=True)
    write(folder / "second", "hello second")
    (folder / "rack.yaml").write_text(BARE + "applications: {second: {folder: second}}\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "rack", url)
    assert "the rack is what this commit says" in push(folder, "A second application")
