"""Scripture, the search and Bible Logic as one application, `bible`, on a new user's rack: read,
searched, asked and marked in Chromium, without a language model and with one that lies.

Verses are still put into the search meanwhile: what is asked then is answered by words.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from e2e.browsing import WIDER, chromium, grave, listened, trust
from e2e.conftest import Rack, end, eventually, new_rack
from fakes.models.openai import create
from fakes.models.script import Act, Script
from fakes.models.serving import served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bible")]
FILE = """
rack: test
models:
  embed: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}
CHAT
applications:
  gateway: {service: gateway}
  scripture: {service: scripture}
  retrieval: {service: retrieval}
  study: {service: study}
"""
CHAT = "  chat: {prefer: [{engine: vllm, model: scripted, port: PORT, abilities: [chat, tools]}]}"
PAGES = (
    "/",
    "/books",
    "/read/ROM/8?with=asv",
    "/read/JHN/3/16",
    "/search?q=shepherd",
    "/about",
    "/ask",
    "/ask/history",
    "/ask/notes",
    "/ask/memory",
    "/ask/handed",
    "/ask/passages/JHN.3.16",
)
# Half of a verse, stories, names, a reference in words, a misspelt one, what is nowhere.
HARD = (
    ("who was in the belly of the fish three days", "Jonah 1"),
    ("the king who could not sleep", "Esther 6"),
    ("what does Romans 8 say about the Spirit", "Romans 8"),
    ("mount up with wings as eagles", "Isaiah 40"),
    ("Salmo 23", "Psalm 23"),
    ("1 Cor 13:4-7", "1 Corinthians 13:4-7"),
    ("a soft answer turneth away", "Proverbs 15"),
    ("the good sheperd giveth his life for the sheep", "John 10"),
    ("John 3:99", ""),
    ("what does Psalm 151 say", ""),
)
NOTHING = re.compile("not find|there is no", re.IGNORECASE)
LIES = """His love is for all of the world [[JHN.3.16]]. John 3:16 says "For God so hated the world
that he sent a flood" [[JHN.3.16]]. As it is written, "Cleanliness is next to godliness".
Jesus said: "Blessed are the rich, for they shall inherit the moon" [[MAT.5.99]]."""


@dataclass(frozen=True)
class Bible:
    """The rack, the address of the application, and a home whose browser trusts it."""

    rack: Rack
    origin: str
    home: Path

    def texts(self, reference: str) -> list[str]:
        """What the text store itself says, in each translation, a passage in one line."""
        said = httpx.get(
            f"{self.rack.plain('scripture')}/v1/passages",
            params={"ref": reference, "translation": ",".join(self.translations())},
        ).json()
        return [
            plain(" ".join(verse["text"] for verse in words["verses"]))
            for passage in said["passages"]
            for words in passage["texts"]
        ]

    def translations(self) -> list[str]:
        held = httpx.get(f"{self.rack.plain('scripture')}/v1/translations").json()
        return [each["id"] for each in held["translations"]]


def plain(text: str) -> str:
    """Without what differs by the form of a page alone."""
    return " ".join(re.sub(r"[^\w']+", " ", text).split())


@pytest.fixture(scope="module")
def bible(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bible]:
    folder = tmp_path_factory.mktemp("bible")
    rack = new_rack(folder)
    rack.file.write_text(FILE.replace("CHAT", ""))
    try:
        rack.run("up", "--detach", timeout=400)
        origin = str(rack.app("scripture")["url"]).rstrip("/")
        assert rack.app("study")["url"] == f"{origin}/ask"
        # Texts come one after the other. Once all are there, pages may be kept offline.
        worker = f"{rack.plain('scripture')}/sw.js"
        eventually(lambda: httpx.get(worker).status_code == 200, 120)
        yield Bible(rack, origin, trust(rack, folder / "me"))
    finally:
        end(rack)


@asynccontextmanager
async def visitor(bible: Bible, width: int = 1280, **how: Any) -> AsyncIterator[BrowserContext]:
    """Somebody with a browser, whom nobody knows yet."""
    size = {"width": width, "height": 800}
    async with chromium(bible.home) as browser:
        yield await browser.new_context(viewport=size, **how)


async def sign_in(bible: Bible, page: Page) -> None:
    """By the link that the command line gives to its owner."""
    await page.goto(bible.rack.run("open", "--print").stdout.strip())
    await page.locator("main button").first.click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()


async def ask(page: Page, question: str) -> None:
    """By the keyboard; until the answer is whole."""
    turns = page.locator(".turn:not([aria-busy])")
    before = await turns.count()
    await page.get_by_label(re.compile("Ask about scripture|Ask on")).fill(question)
    await page.keyboard.press("Enter")
    await expect(turns).to_have_count(before + 1, timeout=60_000)


async def all_true(bible: Bible, page: Page) -> int:
    """How many quotations the last answer has: every one is held against the text store, word by
    word, under the reference that stands below it.
    """
    turn = page.locator(".turn").last
    shown = await turn.locator("figure.passage").evaluate_all(
        """all => all.map(each => [
            each.querySelector(".cite").textContent,
            [...each.querySelectorAll(".v")].map(verse => [...verse.childNodes].filter(
                it => it.nodeName !== "SUP").map(it => it.textContent).join("")).join(" ")])"""
    )
    within = await turn.locator("q.scripture").evaluate_all(
        "all => all.map(each => [each.getAttribute('cite').split('/').pop(), each.textContent])"
    )
    for reference, words in [*shown, *within]:
        texts = bible.texts(reference.replace(".", " ", 1).replace(".", ":"))
        assert any(plain(words) in text for text in texts), (reference, words, texts)
    return len(shown) + len(within)


async def answered(bible: Bible, page: Page, question: str, finds: str) -> Locator:
    """The answer; asked again while the verses that it needs are not in the search yet."""
    for _ in range(30):
        await page.goto(f"{bible.origin}/ask")
        await ask(page, question)
        turn = page.locator(".turn").last
        quoted = await all_true(bible, page)
        if not finds or (quoted and finds in await turn.locator(".parts").inner_text()):
            break
        await page.wait_for_timeout(5_000)
    return turn


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_every_page_fits_and_can_be_used_by_everybody(
    bible: Bible, width: int, scheme: str
) -> None:
    async with visitor(bible, width, color_scheme=scheme, bypass_csp=True) as context:
        page, complaints = await listened(context)
        await sign_in(bible, page)
        for path in PAGES:
            await page.goto(bible.origin + path)
            assert await page.evaluate(WIDER) <= 0, path
            assert await grave(page) == [], path
            await expect(page.get_by_role("link", name="Ask", exact=True).first).to_be_visible()
        assert complaints == []


async def test_reading_needs_no_script_and_no_name(bible: Bible) -> None:
    async with visitor(bible, 360, java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(bible.origin)
        await page.get_by_label("A reference, or words to search for").last.fill("Romans 8")
        await page.get_by_role("button", name="Go").click()
        await expect(page.locator("h1")).to_have_text("Romans 8")
        await page.get_by_label("Text and colours").click()
        await page.get_by_role("checkbox", name="ASV").check()
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("#v1 p")).to_have_count(2)
        await expect(page.locator("#v1")).to_contain_text("no condemnation to them that are in")
        await page.goto(f"{bible.origin}/search?q=rise+up+wings+like+eagles+run+weary")
        await expect(page.locator(".hits h2").first).to_have_text("Isaiah 40:31")
        await page.get_by_role("link", name="Ask", exact=True).first.click()
        await expect(page).to_have_url(re.compile(r"/sign-in"))  # what one asks is one's own


async def test_by_the_keyboard_alone_from_a_verse_to_its_answer(bible: Bible) -> None:
    async with visitor(bible) as context:
        page, complaints = await listened(context)
        await sign_in(bible, page)
        await page.goto(f"{bible.origin}/ask")  # from now on the reading pages know them
        await page.goto(f"{bible.origin}/read/JHN/3")
        for key in ("j", "j", "x", "j", "X"):
            await page.keyboard.press(key)
        await expect(page.locator("#picked output")).to_have_text("John 3:2\u20133")
        await page.locator("#picked [data-question]").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Ask about scripture")).to_have_value("John 3:2-3")
        await page.get_by_label("Ask about scripture").press("Enter")
        await expect(page.get_by_text("Why these verses")).to_be_visible(timeout=60_000)
        await page.get_by_text("Why these verses").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".why").first).to_contain_text("the question names it")
        await page.locator(".turn figcaption a.cite").first.focus()
        await page.keyboard.press("Enter")
        beside = page.get_by_role("complementary", name="Passage")
        await expect(beside).to_contain_text("Except a man be born again")
        await page.keyboard.press("Escape")
        await expect(page.locator(".turn figcaption a.cite").first).to_be_focused()
        assert complaints == []


async def test_ten_hard_questions_without_a_language_model(bible: Bible) -> None:
    async with visitor(bible) as context:
        page, complaints = await listened(context)
        await sign_in(bible, page)
        for question, finds in HARD:
            turn = await answered(bible, page, question, finds)
            if finds:
                await expect(turn.locator(".parts")).to_contain_text(finds)
                await turn.get_by_text("Why these verses").click()
                await expect(turn.locator(".why li").first).to_contain_text(
                    re.compile("the question names it|found by searching")
                )
            else:
                await expect(turn).to_contain_text(NOTHING)
        await page.goto(f"{bible.origin}/ask/history")
        await expect(page.get_by_role("link", name=HARD[0][0]).first).to_be_visible()
        assert await page.locator(".list li").count() > len(HARD)
        assert complaints == []


async def test_what_is_noted_and_coloured_is_seen_where_one_reads(bible: Bible) -> None:
    async with visitor(bible, 360, has_touch=True, is_mobile=True) as context:
        page, complaints = await listened(context)
        await sign_in(bible, page)
        await page.goto(f"{bible.origin}/ask/passages/PSA.23.1")
        await page.get_by_label("Write a note").fill("for <b>Ada</b>")
        await page.get_by_role("button", name="Keep the note").tap()
        await expect(page.locator(".note")).to_contain_text("for <b>Ada</b>")
        await page.get_by_role("link", name="Read the chapter").tap()
        await expect(page.locator("#v1 .mine")).to_have_text("note")
        await page.locator("#v2").tap()
        await page.get_by_role("button", name="Green").tap()
        await expect(page.locator("#v2.own-green")).to_be_visible()
        await page.goto(f"{bible.origin}/read/PSA/23")
        await expect(page.locator("#v2.own-green")).to_be_visible()
        await page.goto(f"{bible.origin}/ask/notes")
        await expect(page.get_by_role("main")).to_contain_text("Psalm 23:2 green")
        assert complaints == []
    async with visitor(bible) as context:  # somebody else reads the same page
        page, complaints = await listened(context)
        await page.goto(f"{bible.origin}/read/PSA/23")
        await expect(page.locator("#v1")).to_contain_text("my shepherd")
        await expect(page.locator(".own, .mine")).to_have_count(0)
        assert complaints == []


async def test_another_assistant_uses_the_tools_by_a_key_alone(bible: Bible) -> None:
    async with visitor(bible) as context:
        page = await context.new_page()
        await sign_in(bible, page)
        await page.goto(f"{bible.origin}/ask/handed")
        await page.get_by_label("A new key, for the program").fill("assistant")
        await page.get_by_role("button", name="Make a key").click()
        key = await page.locator("code.secret").inner_text()
    call = {"name": "compare_translations", "arguments": {"reference": "John 11:35"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    url = httpx.URL(bible.origin)
    headers = {"accept": "application/json, text/event-stream", "host": url.netloc.decode()}
    address, server = url.copy_with(host="127.0.0.1", path="/mcp"), {"sni_hostname": url.host}
    own = ssl.create_default_context(cafile=str(bible.rack.home / "authority.pem"))
    async with httpx.AsyncClient(verify=own, headers=headers, timeout=60) as client:
        for tried, status in (("study-other", 401), (key, 200)):
            said = await client.post(
                address, json=body, headers={"authorization": f"Bearer {tried}"}, extensions=server
            )
            assert said.status_code == status, said.text
        assert "Jesus wept." in said.text
        path = address.copy_with(path="/ask/handed")  # it opens nothing else
        said = await client.get(path, headers={"authorization": f"Bearer {key}"}, extensions=server)
        assert said.status_code in {302, 303, 401}, said.text


async def test_it_can_be_installed_on_a_phone(bible: Bible) -> None:
    async with visitor(bible, 360) as context:
        page = await context.new_page()
        await page.goto(bible.origin)
        await page.evaluate("navigator.serviceWorker.ready")
        browser = await context.new_cdp_session(page)
        told = await browser.send("Page.getAppManifest")
        assert told["errors"] == []
        assert '"shortcuts":[{"name":"Ask","url":"/ask"}]' in told["data"]
        errors = (await browser.send("Page.getInstallabilityErrors"))["installabilityErrors"]
        assert {each["errorId"] for each in errors} <= {"in-incognito"}  # as this browser is


async def test_a_language_model_that_lies_is_not_believed(bible: Bible) -> None:
    """The last one here: from now on the rack has a model."""
    script = Script(always=Act(text=LIES, pause=0.01))
    with served(create(script)) as model:
        chat = CHAT.replace("PORT", model.rpartition(":")[2])
        bible.rack.file.write_text(FILE.replace("CHAT", chat))
        bible.rack.run("up", "--detach", timeout=400)
        async with visitor(bible) as context:
            page, complaints = await listened(context)
            await sign_in(bible, page)
            turn = page.locator(".turn").last
            for _ in range(60):  # until the model is known, and its guard has read the texts
                await page.goto(f"{bible.origin}/ask")
                await ask(page, "how did God love the world, John 3:16")
                if "for all of the world" in await turn.inner_text():
                    break
                await page.wait_for_timeout(2_000)
            await expect(turn).to_contain_text("His love is for all of the world")
            assert await all_true(bible, page)
            told = await turn.inner_text()
            assert not re.search("so hated|sent a flood|next to godliness|the moon", told), told
            await turn.get_by_text("What was done").click()
            await expect(turn).to_contain_text(re.compile("dropped|replaced|blocked"))
            assert script.asked
            assert complaints == []
