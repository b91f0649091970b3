"""What a search finds: against a plain reading of the same words, and in the tables."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.search.index import Index
from rackhouse.services.scripture.model.search.marks import marks
from rackhouse.services.scripture.model.search.query import Query, Term, read
from rackhouse.services.scripture.model.search.tokens import words
from rackhouse.services.scripture.model.translation import Verse
from rackhouse.services.scripture.service.search import Searches
from unit.scripture.search.library import LIBRARY

WORDS = st.sampled_from(["the", "Lord", "LORD", "lord's", "is", "my", "shepherd", "shép", "son-in"])
TEXTS = st.lists(WORDS, max_size=8).map(" ".join)
VERSES = st.lists(TEXTS, min_size=1, max_size=12)
PARTS = st.sampled_from(
    ["the", "lord", "shep*", '"the lord"', '"my shep"*', "is", "-my", "s", "in"]
)
ASKED = st.lists(PARTS, min_size=1, max_size=4).map(" ".join)


def held(texts: list[str]) -> list[Verse]:
    return [Verse(at, text) for at, text in enumerate(texts, 1_001_001)]


def has(text: str, term: Term) -> bool:
    """Whether the words follow each other in it, read plainly."""
    told, size = words(text), len(term.words)
    for at in range(len(told) - size + 1):
        *begun, last = told[at : at + size]
        *first, end = term.words
        if begun == first and (last.startswith(end) if term.prefix else last == end):
            return True
    return False


def plainly(texts: list[str], query: Query) -> set[int]:
    return {
        verse.id
        for verse in held(texts)
        if all(has(verse.text, each) for each in query.terms)
        and not any(has(verse.text, each) for each in query.without)
    }


@given(VERSES, ASKED.filter(lambda it: any(not each.startswith("-") for each in it.split())))
def test_it_finds_what_a_plain_reading_finds(texts: list[str], asked: str) -> None:
    query = read(asked)
    index = Index(held(texts))
    assert set(index.found(query)) == plainly(texts, query)
    assert set(index.found(query, scored=False)) == plainly(texts, query)


@given(VERSES.map(lambda some: some * 60), ASKED.filter(lambda it: '"' in it))
def test_a_long_text_is_gone_through_with_the_same_end(texts: list[str], asked: str) -> None:
    query = read(asked.replace("-", ""))
    assert set(Index(held(texts)).found(query)) == plainly(texts, query)


@given(TEXTS, ASKED.filter(lambda it: "-" not in it))
def test_marks_are_in_order_apart_and_of_what_was_asked(text: str, asked: str) -> None:
    query = read(asked)
    spans = marks(text, query)
    flat = [at for span in spans for at in span]
    assert flat == sorted(set(flat))
    assert all(0 <= at <= len(text) for at in flat)
    for start, end in spans:
        assert words(text[start:end])
    if all(has(text, each) for each in query.terms):
        assert spans


@given(st.text(max_size=40))
def test_any_text_is_a_text(text: str) -> None:
    index = Index([Verse(1_001_001, text)])
    for word in words(text)[:3]:
        assert set(index.found(Query((Term((word,)),)))) == {1_001_001}


def test_the_best_has_the_words_as_they_were_written() -> None:
    texts = ["world the loved so god for and more of it", "for God so loved the world", "god god"]
    index = Index(held(texts))
    found = index.found(read("god so loved"))
    assert max(found, key=found.__getitem__) == 1_001_002
    assert max(index.found(read("god")), key=index.found(read("god")).__getitem__) == 1_001_003


def test_half_remembered_is_what_has_most_of_the_rare_words() -> None:
    texts = ["for god so loved the world", "the world is round", *["the god of all"] * 20]
    found = Index(held(texts)).most_of(read("god loved earth so the world"))
    assert max(found, key=found.__getitem__) == 1_001_001
    assert Index(held(texts)).most_of(read("never ever nowhere")) == {}


def test_those_that_were_asked_last_are_kept() -> None:
    some = LIBRARY.translations
    searches = Searches(1)
    first = searches.index(some[0])
    assert searches.index(some[0]) is first
    searches.index(some[1])
    assert not searches.ready(some[:1])
    assert searches.ready(some[1:])
    assert searches.index(some[0]) is not first


def test_accents_case_and_apostrophes_do_not_matter() -> None:
    index = Index(held(["El SEÑOR es mi pastor", "the LORD\u2019s house", "in Judæa"]))
    assert set(index.found(read("señor"))) == set(index.found(read("Senor"))) == {1_001_001}
    assert set(index.found(read("lord"))) == {1_001_002}
    assert set(index.found(read("judaea"))) == set(index.found(read("JUDÆA"))) == {1_001_003}
    assert set(index.found(read("lord's house"))) == {1_001_002}
    assert set(index.found(read('"lord house"'))) == set()


def test_more_words_than_two_bytes_can_count_are_all_found() -> None:
    """Numbers of words are held in two bytes where they fit, and in four where they do not."""
    many = [f"w{at} w{at + 1}" for at in range(70_000)]
    for texts in (many[:1_000], many):
        index = Index(held(texts))
        for at in (0, 500, len(texts) - 1):
            wanted = {1_001_001 + at}
            assert set(index.found(read(f'"w{at} w{at + 1}"'))) == wanted
            near = {1_001_001 + it for it in (at, at - 1) if it >= 0}
            assert set(index.found(read(f"w{at}"))) == near
