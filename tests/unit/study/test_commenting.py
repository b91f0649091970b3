"""Commentaries are put into the collection once scripture can be searched whole, and once alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.collecting import Document
from rackhouse.services.study.model.commenting import (
    Comment,
    Commentary,
    opening,
    remarks,
    taken,
)
from rackhouse.services.study.model.evidence import Translation
from rackhouse.services.study.model.found import Range
from rackhouse.services.study.service.commenting import Commenting
from unit.study.held import CANON

HENRY = Commentary(id="mhcc", kind="commentary", language="en", attribution="Henry", digest="d1")
LOST = """Chapter 15
Chapter Outline
Parables of the lost sheep, and the piece of silver.(1-10)
The prodigal son, his wickedness and distress.(11-16)
Verses 1-10
The lost sheep represents the sinner. In bringing him home there is joy."""
COMMENTS = (
    Comment(first=1001001, last=1001002, text="The first verse of the Bible."),
    Comment(first=42015001, last=42015010, text=LOST),
    Comment(first=42015011, last=42015016, text="Verses 11-16\nThe nature of repentance."),
    Comment(first=19001001, last=19001006, text="An essay. " * 500),
    Comment(first=1001001, last=5034012, text="The five books of Moses."),
)


class Texts:
    """A text store with commentaries."""

    def __init__(self, *works: Commentary) -> None:
        self.held = works

    async def canon(self) -> Canon:
        return CANON

    async def translations(self) -> Sequence[Translation]:
        return (Translation(id="kjv", name="KJV", language="en"),)

    async def works(self) -> Sequence[Commentary]:
        return self.held

    async def comments(self, work: str, verses: Range) -> Sequence[Comment]:
        assert work == "mhcc"
        return [it for it in COMMENTS if it.first <= verses[1] and verses[0] <= it.last]


class Collection:
    """Keeps what it is sent; it may be away after so many documents."""

    def __init__(self, patience: int = 1_000) -> None:
        self.held: dict[str, Document] = {}
        self.patience = patience
        self.ready = True

    async def digest(self, collection: str, document: str) -> str:
        return self.held[document].attributes["digest"] if document in self.held else ""

    async def begin(self, collection: str, *, resolver: str, language: str) -> None:
        raise AssertionError("it is made for scripture")

    async def put(self, collection: str, documents: Sequence[Document]) -> None:
        for each in documents:
            if len(self.held) == self.patience:
                raise Away("retrieval is away: so it was told")
            self.held[each.id] = each

    async def warm(self, collection: str, documents: int) -> bool:
        return self.ready

    async def settled(self, collection: str, documents: int) -> bool:
        return self.ready


def test_a_line_of_an_outline_is_about_its_own_verses() -> None:
    (_, luke) = remarks(CANON, HENRY, COMMENTS)
    said = {each.texts["mhcc"]: each.about for each in luke.passages}
    sheep = tuple(str(42015000 + verse) for verse in range(1, 11))
    son = tuple(str(42015000 + verse) for verse in range(11, 17))
    assert said == {
        "Parables of the lost sheep, and the piece of silver.": sheep,
        "The prodigal son, his wickedness and distress.": son,
        "The lost sheep represents the sinner. In bringing him home there is joy.": sheep,
        "The nature of repentance.": son,
    }
    assert luke.licence == "Henry"


def test_essays_and_what_is_about_books_are_left_out() -> None:
    every = [it for each in remarks(CANON, HENRY, COMMENTS) for it in each.passages]
    assert not any("essay" in each.texts["mhcc"] for each in every)
    assert not any("Moses" in each.texts["mhcc"] for each in every)


def test_commentaries_in_the_language_of_the_first_text_are_taken() -> None:
    other = Commentary(id="o", kind="commentary", language="de", attribution="", digest="")
    words = Commentary(id="s", kind="lexicon", language="en", attribution="", digest="")
    assert taken([other, words, HENRY], "en-GB") == [HENRY]


async def test_it_is_sent_once_and_anew_where_it_broke_off_or_its_words_are_others() -> None:
    collection = Collection(patience=1)
    with pytest.raises(Away):
        await Commenting(Texts(HENRY), collection).fill()
    assert opening(HENRY) not in collection.held
    collection.patience = 1_000
    assert await Commenting(Texts(HENRY), collection).fill()
    assert opening(HENRY) in collection.held
    assert not await Commenting(Texts(HENRY), collection).fill()
    changed = Commentary(id="mhcc", kind="commentary", language="en", attribution="", digest="d2")
    assert await Commenting(Texts(changed), collection).fill()


async def test_scripture_goes_first() -> None:
    collection = Collection()
    collection.ready = False
    async with Commenting(Texts(HENRY), collection).kept():
        pass
    turn = Commenting(Texts(HENRY), collection)._turn
    assert await turn() < 60
    assert not collection.held
    collection.ready = True
    assert await turn() > 60
    assert collection.held
