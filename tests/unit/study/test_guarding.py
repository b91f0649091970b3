"""The loop with the real guard: false quotations, however they are written, do not leave."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cache

import pytest

from rackhouse.services.study.api.pages import view
from rackhouse.services.study.model import markdown
from rackhouse.services.study.model.answer import By, Quote, Said
from rackhouse.services.study.model.kept import Turn
from rackhouse.services.study.service.guarding import Guarding, Watch, over
from rackhouse.services.study.service.memory import MemoryChat, MemoryScripture
from rackhouse.services.study.service.words import BLOCK, blocks
from unit.study.held import CANON, scripture, texts
from unit.study.test_loop import asked, dropped, said, spoke


@cache
def guards() -> Guarding:
    made = Guarding(scripture())
    made._guards = over(texts())
    return made


LIES = (
    "John 3:16 says: “For God so hated the world, that he gave his only Son.” [[JHN.3.16]]",
    "“For God so loved the earth, that he gave his only forgotten Son” [[JHN.3.16]].",
    "Psalm 151:1 says that he loved the world [[JHN.3.16]].",
    "As it is written, God loves those who help themselves in the world [[JHN.3.16]].",
    'Jesus said: "The world so loved its God that it gave him its sons" [[JHN.3.16]].',
    "For G\u03bfd so hated the w\u043erld, that he gave his only beg\u200botten Son [[JHN.3.16]].",
    "FOR GOD SO HATED THE WORLD THAT WHOSOEVER BELIEVETH IN HIM SHOULD PERISH [[JHN.3.16]].",
)


@pytest.mark.parametrize("sentence", LIES)
async def test_a_false_quotation_does_not_leave(sentence: str) -> None:
    answer, _, _ = await asked(
        spoke("His love is for all of the world [[JHN.3.16]].", sentence), guards=guards()
    )
    shown = " ".join(said(answer)).lower()
    for word in ("hated", "forgotten", "151", "themselves", "sons", "should perish"):
        assert word not in shown
    assert said(answer)[0] == "His love is for all of the world."
    held = texts()["kjv"]
    for part in answer.parts:
        if isinstance(part, Quote):
            assert all(verse.text == held[verse.id] for verse in part.verses)
        for inline in part.quotes if isinstance(part, Said) else ():
            words = part.text[inline.start : inline.end]
            first = CANON.read(inline.code)
            assert first is not None
            assert words.strip('“”" .,') in texts()[inline.translation][first[0]]


async def test_a_true_quotation_is_written_by_the_server() -> None:
    answer, _, _ = await asked(
        spoke(
            "It says “for god so loved the WORLD, that he gave his only begotten son” [[JHN.3.16]]."
        ),
        guards=guards(),
    )
    assert answer.by is By.MODEL, dropped(answer)
    (sentence,) = [each for each in answer.parts if isinstance(each, Said)]
    (inline,) = sentence.quotes
    assert (inline.reference, inline.translation) == ("John 3:16", "kjv")
    assert "God so loved the world" in sentence.text[inline.start : inline.end]


async def test_whoevers_words_are_within_a_sentence_their_terms_go_with_it() -> None:
    text = texts()["asv"][43003016]
    assert text != texts()["kjv"][43003016]
    answer, _, _ = await asked(
        spoke(f"The American version says “{text}” [[JHN.3.16]]."), guards=guards(), chosen=("kjv",)
    )
    (sentence,) = [each for each in answer.parts if isinstance(each, Said)]
    assert [each.translation for each in sentence.quotes] == ["asv"]
    assert [each.id for each in answer.translations] == ["kjv", "asv"]
    turn = Turn(question="x", topic="x", answer=answer, at=datetime.now(UTC))
    written = markdown.written("x", [turn])
    assert "(John 3:16)" in written  # what it points at goes along
    for each in ("KJV:", "ASV:"):
        assert each in written
    assert [each.id for each in view.terms(answer)] == ["kjv", "asv"]


async def test_the_guard_is_built_of_the_stores_words_and_again_when_they_change() -> None:
    made = []

    def make(held: object) -> object:
        made.append(held)
        return over(texts())

    store = MemoryScripture(CANON, texts())
    guarding = Guarding(store, make)  # type: ignore[arg-type]
    assert await guarding.guard() is None
    assert await guarding.renew()
    assert not await guarding.renew()
    assert made == [texts()]
    assert isinstance(await guarding.guard(), Watch)


async def test_where_there_is_no_model_no_index_is_laid() -> None:
    chat, made = MemoryChat(), []

    def make(held: object) -> object:
        made.append(held)
        return over(texts())

    chat.known = False
    guarding = Guarding(scripture(), make, chat.there)  # type: ignore[arg-type]
    async with guarding.kept():
        await asyncio.sleep(0.05)
    assert await guarding.guard() is None
    assert not made
    chat.known = True
    await guarding._turn()
    assert isinstance(await guarding.guard(), Watch)


def test_the_blocks_are_all_verses() -> None:
    some = blocks(CANON)
    verses = [it for each in some for it in CANON.verses(*each)]
    assert len(verses) == 31_102
    assert all(len(list(CANON.verses(*each))) <= BLOCK for each in some)
