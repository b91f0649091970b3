"""What lies nearer to something else than to scripture is refused, and it is said to what."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rackhouse.services.study.model.answer import Outcome
from rackhouse.services.study.model.bearings import Bearing, Kind, Near, documents, nearest, read
from rackhouse.services.study.model.collecting import Document
from rackhouse.services.study.model.evidence import Evidence, How, Passage, Why
from rackhouse.services.study.model.found import Hit, Results
from rackhouse.services.study.model.refusing import reasons, taken
from rackhouse.services.study.model.sureness import strong, sure, sureness
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.bearings import BEARINGS, Bearings, held
from rackhouse.services.study.service.tracing import Trace
from unit.study.held import retrieval, scripture

SAID = Bearing(kind=Kind.SAYING, text="to thine own self be true", source="Shakespeare, Hamlet")
CARS = Bearing(kind=Kind.WORLD, text="cars and engines")
ANGER = Bearing(kind=Kind.LIFE, text="anger")


def near(*each: tuple[Bearing, float]) -> dict[Kind, Near]:
    return {it.kind: Near(bearing=it, cosine=cosine) for it, cosine in each}


def evidence(meaning: float, words: float = 0.2) -> Evidence:
    why = Why(how=How.SEARCHED, signals={"meaning": meaning, "words": words})
    return Evidence(passages=(Passage(reference="", code="", first=1, last=1, why=why),))


def test_the_list_is_read_whole_and_each_once() -> None:
    every = held()
    assert {each.kind for each in every.values()} == {*Kind}
    assert len({(each.kind, each.text) for each in every.values()}) == len(every)
    listed = (Kind.SAYING, Kind.LEGEND, Kind.FAITH)
    assert all(each.source for each in every.values() if each.kind in listed)
    assert [it.text for it in read(Kind.WORLD, ["cars, engines and tyres"])] == [
        "cars, engines and tyres",
        "cars",
        "engines",
        "tyres",
    ]


def test_what_lies_elsewhere_is_less_sure() -> None:
    told = sureness("q", evidence(0.5), near((ANGER, 0.6), (SAID, 0.3), (CARS, 0.2)))
    other = sureness("q", evidence(0.5), near((ANGER, 0.3), (SAID, 0.3), (CARS, 0.6)))
    said = sureness("q", evidence(0.6), near((ANGER, 0.4), (SAID, 0.95), (CARS, 0.2)))
    assert sure(told)
    assert not sure(other)
    assert not sure(said)


def test_it_is_said_why() -> None:
    assert taken(near((SAID, 0.95))) == (
        "“to thine own self be true” is not scripture: Shakespeare, Hamlet.",
    )
    assert taken(near((SAID, 0.6))) == ()
    wife = Bearing(kind=Kind.UNTOLD, text="the name of Lot's wife")
    assert taken(near((wife, 0.9))) == ("Scripture does not tell “the name of Lot's wife”.",)
    said = reasons("fix my car", evidence(0.3), near((CARS, 0.7), (ANGER, 0.2)))
    assert said == (
        "It is nearer to “cars and engines” (the world of today) than to what scripture speaks of.",
    )
    assert "the name" in reasons("what was the name of his wife", evidence(0.5), {})[0]
    assert "near enough" in reasons("anything", evidence(0.1), {})[0]


def test_hits_that_are_not_on_the_list_say_nothing() -> None:
    every = {SAID.id: SAID}
    hits = [
        Hit(collection=BEARINGS, passage="1", document=name, signals=signals)
        for name, signals in (
            ("gone", {"meaning": 0.9}),
            (SAID.id, {}),
            (SAID.id, {"meaning": 0.4}),
        )
    ]
    assert nearest(every, hits) == near((SAID, 0.4))


def test_what_means_it_goes_before_what_has_its_words_and_what_is_far_behind_is_left_out() -> None:
    def passage(verse: int, score: float, meaning: float) -> Passage:
        why = Why(how=How.SEARCHED, score=score, signals={"meaning": meaning, "words": 0.5})
        return Passage(reference="", code="", first=verse, last=verse, why=why)

    found = (passage(1, 6.0, 0.4), passage(2, 5.5, 0.5), passage(3, 5.0, 0.3))
    assert [each.first for each in strong("q", Evidence(passages=found))] == [2, 1]


class Shelf:
    """A collection as far as filling sees it."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}

    async def digest(self, collection: str, document: str) -> str:
        held = self.documents.get(document) if collection == BEARINGS else None
        return held.attributes["digest"] if held else ""

    async def begin(self, collection: str, *, resolver: str, language: str) -> None:
        assert (collection, resolver, language) == (BEARINGS, "", "en")

    async def put(self, collection: str, documents: Sequence[Document]) -> None:
        self.documents |= {each.id: each for each in documents}

    async def warm(self, collection: str, documents: int) -> bool:
        return len(self.documents) >= documents


async def test_they_are_sent_once_and_again_where_the_list_is_another() -> None:
    shelf = Shelf()
    assert await Bearings(shelf).fill()
    assert [*shelf.documents] == [*held()]
    assert not await Bearings(shelf).fill()
    shelf.documents.clear()
    sent = Bearings(shelf)
    assert await sent.fill()
    shelf.documents.clear()  # as while they are still read
    assert not await sent.fill()
    assert await Bearings(shelf).fill()
    *_, last = documents({SAID.id: SAID})
    shelf.documents[[*held()][-1]] = last
    assert await Bearings(shelf).fill()


@pytest.mark.parametrize(
    ("cosine", "outcome"), [(0.95, Outcome.NOT_FOUND), (0.1, Outcome.ANSWERED)]
)
async def test_a_saying_is_not_answered_and_its_source_is_told(
    cosine: float, outcome: Outcome
) -> None:
    """The verses by words, as the twin finds them; the bearings as a search with vectors would."""
    verses, every = retrieval(), held()
    name = next(name for name, each in every.items() if each.text == SAID.text)

    class Searching:
        async def search(
            self, query: str, *, limit: int, collections: Sequence[str], owner: str = ""
        ) -> Results:
            if collections != (BEARINGS,):
                found = await verses.search(query, limit=limit, collections=collections)
                return Results(hits=found.hits)
            life = next(name for name, each in every.items() if each.kind is Kind.LIFE)
            return Results(
                hits=(
                    Hit(
                        collection=BEARINGS, passage="1", document=name, signals={"meaning": cosine}
                    ),
                    Hit(collection=BEARINGS, passage="1", document=life, signals={"meaning": 0.4}),
                )
            )

    asking, trace = Asking(scripture(), Searching()), Trace()
    question, translations = "to thine own self be true", await asking.chosen(())
    plan = await asking.plan(question, translations, trace)
    answer = await asking.extracted(question, plan, translations, trace)
    assert answer.outcome is outcome
    assert any("Hamlet" in each for each in answer.notes) is (outcome is Outcome.NOT_FOUND)
