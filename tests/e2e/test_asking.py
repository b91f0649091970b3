"""Bible Logic in Chromium, at a desk and on a phone: asked with a scripted model that also lies,
with a script and without one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import expect

from e2e.browsing import WIDER, grave, listened, reader
from fakes.models.serving import served
from rackhouse.services.study.api.app import Parts, create
from rackhouse.services.study.clients.identity import Everybody
from rackhouse.services.study.model.chat import Delta
from rackhouse.services.study.service.answering import Answering, Model
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.conversing import Conversing
from rackhouse.services.study.service.kept import MemoryKept
from rackhouse.services.study.service.memory import MemoryChat
from rackhouse.services.study.service.study import Study
from unit.study.held import retrieval, scripture
from unit.study.test_guarding import guards
from unit.study.test_loop import spoke

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("asking")]


class Liar(MemoryChat):
    """Says one thing that is true of the evidence, and lies around it."""

    async def turn(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        *,
        most: int,
        patience: float,
    ) -> AsyncIterator[Delta]:
        if "love the world" not in str(messages[-1]["content"]):
            return
        for delta in spoke(
            "His love is for all of the world [[JHN.3.16]].",
            "John 3:16 says “For God so hated the world” [[JHN.3.16]].",
            "The moon is made of green cheese [[JHN.3.16]].",
        ):
            await asyncio.sleep(0.005)
            yield delta


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    store, search = scripture(), retrieval()

    @asynccontextmanager
    async def opening() -> AsyncIterator[Parts]:
        asking, kept = Asking(store, search), MemoryKept()
        model = Model(chat=Liar(), guards=guards())
        study = Study(asking, Answering(asking, store, search, model), Conversing(kept))
        yield Parts(
            study=study, who=Everybody("ruth"), kept=kept, scripture=store, retrieval=search
        )

    with served(create(opening)) as url:
        yield url


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "dark")])
async def test_it_is_asked_and_the_lie_is_not_seen(origin: str, width: int, scheme: str) -> None:
    async with reader(width, color_scheme=scheme, bypass_csp=True) as context:
        page, complaints = await listened(context)
        await page.goto(f"{origin}/ask")
        assert not await grave(page)
        await page.get_by_label("Ask about scripture").fill("how did God love the world")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("What was done")).to_be_visible()
        shown = page.locator("#turns")
        await expect(shown).to_contain_text("His love is for all of the world")
        await expect(shown).to_contain_text("For God so loved the world, that he gave")
        told = await shown.inner_text()
        assert "hated" not in told
        assert "cheese" not in told
        await page.get_by_text("What was done").click()
        await expect(shown).to_contain_text("was dropped")
        await page.locator(".turn a.cite").first.click()
        beside = page.get_by_role("complementary", name="Passage")
        await expect(beside).to_contain_text("And as Moses lifted up the serpent")
        assert not await grave(page)
        assert await page.evaluate(WIDER) <= 0
        await page.keyboard.press("Escape")
        await expect(beside).to_be_hidden()
        await page.get_by_label("Ask about scripture").fill("and why?")
        await page.get_by_role("button", name="Ask", exact=True).click()
        await expect(shown).to_contain_text("Read as: and why? (how did God love the world)")
        assert "/ask/conversations/" in page.url
        await page.reload()
        await expect(page.locator(".turn")).to_have_count(2)
        assert not complaints


async def test_without_a_script_it_is_the_same_by_pages(origin: str) -> None:
    async with reader(390, java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(f"{origin}/ask")
        await page.get_by_label("Ask about scripture").fill("who was swallowed by a great fish")
        await page.get_by_role("button", name="Ask", exact=True).click()
        await expect(page.locator(".turn")).to_contain_text("Jonah was in the belly of the fish")
        await page.locator(".turn figcaption a.cite").first.click()
        await expect(page).to_have_url(f"{origin}/ask/passages/JON.1.17")
        await page.get_by_label("Write a note").fill("mine <b>own</b>")
        await page.get_by_role("button", name="Keep the note").click()
        await expect(page.locator(".note")).to_contain_text("mine <b>own</b>")
        await page.goto(f"{origin}/ask/history")
        await page.get_by_role("link", name="who was swallowed").first.click()
        await page.get_by_role("button", name="Share by link").click()
        await page.locator("a.secret").click()
        await expect(page.get_by_text("It is a copy that changes no more")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/ask/history", "/ask/memory", "/ask/handed", "/ask/passages/JHN.3.16", "/x"]
)
@pytest.mark.parametrize("width", [390, 1280])
async def test_every_page_can_be_used_by_everybody(origin: str, path: str, width: int) -> None:
    async with reader(width, bypass_csp=True) as context:
        page = await context.new_page()
        await page.goto(origin + path)
        if path != "/x":
            assert not await grave(page)
        assert await page.evaluate(WIDER) <= 0
