"""Scripture is put into the collection once, and again when its words are others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec import structs

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.collecting import Document, chosen, digest, documents
from rackhouse.services.study.model.evidence import Translation
from rackhouse.services.study.service.filling import BATCH, Filling
from unit.study.held import CANON, scripture, texts

KJV, ASV = (
    Translation(id=it, name=it, attribution=it, digest=it, language="en") for it in ("kjv", "asv")
)


class Collection:
    """Keeps what it is sent; it may be away after so many requests."""

    def __init__(self, patience: int = 1_000) -> None:
        self.held: dict[str, Document] = {}
        self.patience = patience
        self.begun = 0

    async def digest(self, collection: str, document: str) -> str:
        return self.held[document].attributes["digest"] if document in self.held else ""

    async def begin(self, collection: str, *, resolver: str, language: str) -> None:
        self.begun += 1

    async def warm(self, collection: str, documents: int) -> bool:
        return len(self.held) >= documents

    async def put(self, collection: str, documents: Sequence[Document]) -> None:
        self.patience -= 1
        if self.patience < 0:
            raise Away("retrieval is away: so it was told")
        assert len(documents) <= BATCH
        self.held |= {each.id: each for each in documents}


async def test_it_is_filled_once_and_begun_anew_where_it_broke_off() -> None:
    collection = Collection(patience=1)
    filling = Filling(scripture(), collection)
    with pytest.raises(Away):
        await filling.fill()
    assert not filling.whole()
    collection.patience = 1_000
    assert await filling.fill()
    assert len(collection.held) == 1_189
    assert not await filling.fill()
    assert collection.begun == 2
    john = collection.held["JHN.3"]
    assert (john.title, len(john.passages)) == ("John 3", 36)
    assert john.passages[15].texts["kjv"] == texts()["kjv"][43003016]


async def test_what_was_sent_is_not_sent_again_while_it_is_not_read_yet() -> None:
    class Slow(Collection):
        async def digest(self, collection: str, document: str) -> str:
            return ""

    collection = Slow()
    filling = Filling(scripture(), collection)
    assert await filling.fill()
    assert not await filling.fill()
    assert collection.begun == 1


def test_other_words_have_another_digest() -> None:
    assert digest([KJV, ASV]) != digest([KJV])
    assert digest([KJV]) != digest([structs.replace(KJV, digest="x")])


def test_one_edition_of_the_same_words_and_one_language() -> None:
    again = structs.replace(KJV, id="kjv-strong")
    spanish = structs.replace(KJV, id="rv", language="es")
    held = {**texts(), "kjv-strong": texts()["kjv"], "rv": texts()["asv"]}
    assert chosen([KJV, again, ASV, spanish], held) == ["kjv", "asv"]
    some = next(iter(documents(CANON, [KJV, again, ASV, spanish], held)))
    assert set(some.passages[0].texts) == {"kjv", "asv"}
    assert some.licence == "kjv; asv"


async def test_it_is_whole_once_all_chapters_were_read() -> None:
    class Reading(Collection):
        looks = 0

        async def warm(self, collection: str, documents: int) -> bool:
            self.looks += 1
            return len(self.held) >= documents and self.looks > 1

    collection = Reading()
    filling = Filling(scripture(), collection)
    for expected in (False, True):
        await filling._turn()
        assert filling.whole() is expected
