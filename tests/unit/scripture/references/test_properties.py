"""Any reference in any of its forms comes back; any text at all is answered, and soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.canon.books import BOOK, BOOKS, CHAPTER, Book
from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.reference import Range, Reference
from rackhouse.services.scripture.model.references.find import find
from rackhouse.services.scripture.model.references.names import TABLE
from rackhouse.services.scripture.model.references.parse import parse

DASHES = [
    "-",
    " - ",
    "\u2013",
    " \u2014 ",
    "\u2212",
    "\u2011",
    " to ",
    " through ",
    " hasta ",
    " al ",
]
COLONS = [":", ".", " : ", " v. ", " verse ", ", versículo ", "v"]
COMMAS = [",", ", ", " and ", " y ", " & ", ", and "]
ORDINALS = {
    1: ["1 ", "1", "I ", "First ", "1st ", "1ª ", "Primera de "],
    2: ["2 ", "2", "II ", "Second ", "2nd ", "2ª ", "Segunda de "],
    3: ["3 ", "3", "III ", "Third ", "3rd ", "3ª ", "Tercera de "],
}
SAID = """John Jn 1 Cor First II of the de la act Is is Gen. Psalm Jude , ; : . - 3 16 3:16 4,5 ff f
a b v. verse chapter and y to al pm 99 000 0 ( ) ["""
MARKS = ["\u2013", "\u2014", "\u00bd", "\u00b2", "\u00aa", "\u0301", "\u200b", "\u00ad", "\n"]
PIECES = [*SAID.split(), *MARKS]


def number(book: Book, chapter: int, verse: int) -> int:
    return book.id * BOOK + chapter * CHAPTER + verse


@st.composite
def names(draw: st.DrawFn, book: Book) -> str:
    ordinal, parts = draw(
        st.sampled_from([key for key, (named, _) in TABLE.items() if named is book])
    )
    name = " ".join(parts)
    name = draw(st.sampled_from([name, name.upper(), name.title(), f"{name.title()}."]))
    return (draw(st.sampled_from(ORDINALS[ordinal])) if ordinal else "") + name


@st.composite
def places(draw: st.DrawFn) -> tuple[Book, int, int]:
    book = draw(st.sampled_from(BOOKS))
    chapter = draw(st.integers(1, book.chapters))
    return book, chapter, draw(st.integers(1, book.verses[chapter - 1]))


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Range]:
    """A verse, or a range of verses or chapters, in one of its forms."""
    book, chapter, verse = draw(places())
    name, colon = draw(names(book)), draw(st.sampled_from(COLONS))
    gap = draw(st.sampled_from([" ", "  ", "\n", ""]))
    start, text = number(book, chapter, verse), f"{name}{gap}{chapter}{colon}{verse}"
    dash = draw(st.sampled_from(DASHES))
    match draw(st.integers(0, 4)):
        case 0:
            return text, Range(start, start)
        case 1:
            end = draw(st.integers(verse, book.verses[chapter - 1]))
            return f"{text}{dash}{end}", Range(start, number(book, chapter, end))
        case 2:
            till = draw(st.integers(chapter, book.chapters))
            end = draw(st.integers(1 if till > chapter else verse, book.verses[till - 1]))
            return f"{text}{dash}{till}:{end}", Range(start, number(book, till, end))
        case 3:
            return f"{text}ff", Range(start, book.last(chapter))
    other, till, end = draw(places())
    if number(other, till, end) < start:
        return text, Range(start, start)
    return f"{text}{dash}{draw(names(other))} {till}:{end}", Range(start, number(other, till, end))


@given(written())
def test_a_reference_in_any_form_comes_back(one: tuple[str, Range]) -> None:
    text, verses = one
    assert parse(text).ranges == (verses,)
    assert parse(f"({text})").ranges == (verses,)


@given(st.lists(written(), min_size=1, max_size=5), st.sampled_from(["; ", ";", ", ", " and "]))
def test_several_come_back_in_their_order(some: list[tuple[str, Range]], apart: str) -> None:
    text = apart.join(each for each, _ in some)
    assert parse(text).ranges == tuple(verses for _, verses in some)


@given(places(), st.lists(st.tuples(st.sampled_from(COMMAS), st.integers(1, 176)), max_size=4))
def test_numbers_go_on_in_the_chapter(
    place: tuple[Book, int, int], more: list[tuple[str, int]]
) -> None:
    book, chapter, verse = place
    held = [(comma, each) for comma, each in more if each <= book.verses[chapter - 1]]
    text = f"{book.english} {chapter}:{verse}" + "".join(f"{comma}{each}" for comma, each in held)
    wanted = [number(book, chapter, each) for each in (verse, *(each for _, each in held))]
    assert parse(text).ranges == tuple(Range(each, each) for each in wanted)
    found = [each for one in find(f"See {text}.") for each in one.reference.ranges]
    assert found == [Range(each, each) for each in wanted]


@given(st.lists(st.tuples(places(), places()), min_size=1, max_size=4))
def test_what_we_write_we_read(
    pairs: list[tuple[tuple[Book, int, int], tuple[Book, int, int]]],
) -> None:
    ends = [sorted((number(*one), number(*other))) for one, other in pairs]
    reference = Reference(tuple(Range(first, last) for first, last in ends))
    assert parse(str(reference)) == reference


@given(st.sampled_from(BOOKS), st.data())
def test_whole_chapters_and_books_too(book: Book, data: st.DataObject) -> None:
    chapter = data.draw(st.integers(1, book.chapters))
    till = data.draw(st.integers(chapter, book.chapters))
    chapters = Reference((Range(book.first(chapter), book.last(till)),))
    whole = Reference((Range(book.first(), book.last()),))
    assert parse(str(chapters)) == chapters
    assert parse(str(whole)) == whole == parse(book.spanish)
    if book.chapters > 1:
        assert parse(f"{book.english} {chapter}-{till}") == chapters


@given(places(), st.text(max_size=40), st.text(max_size=40))
def test_a_place_in_prose_is_found_where_it_stands(
    place: tuple[Book, int, int], before: str, after: str
) -> None:
    book, chapter, verse = place
    said = f"{book.english} {chapter}:{verse}"
    text = f"{before} - ({said}) - {after}"
    assert said in [text[it.start : it.end] for it in find(text)]


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)
    | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
)
def test_any_text_is_answered(text: str) -> None:
    answer = answered(text)
    if isinstance(answer, BadReference):
        assert answer.what
        assert answer.fix
        assert 0 <= answer.at <= len(text)
    else:
        assert all(each.first <= each.last for each in answer.ranges)
    last = 0
    for it in find(text):
        assert last <= it.start < it.end <= len(text)
        assert it.reference.ranges
        last = it.end


def answered(text: str) -> Reference | BadReference:
    try:
        return parse(text)
    except BadReference as problem:
        return problem


HOSTILE = [
    *(
        "a",
        "1",
        "1 ",
        "John ",
        "John 3:16,",
        "John 3:",
        "of the ",
        "First ",
        "1 Song of ",
        "-",
        "é",
    ),
    *(
        "\u0301",
        "a\u0301",
        "3:16",
        "3:16-",
        "John 3:16 and ",
        "Jhon ",
        "((",
        "I ",
        "\u200b",
        " ",
        "Is ",
    ),
    *("John 3:16-18; ", "verse ", "John ch. ", "Song of Song of ", "first book of the prophet "),
    *("Jn 3,16; ", "Jn 3, 4-7; ", "1 S. ", "1-", "Acts of ", "Rom 8:1-2s "),
]


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    for read in (find, answered):
        began = time.process_time()
        answer = read(text)
        assert time.process_time() - began < 2  # a tenth of that on an idle machine
        assert not isinstance(answer, BadReference) or len(str(answer)) < 1_000


def test_every_verse_has_a_name_that_leads_to_it() -> None:
    for book in BOOKS:
        for chapter, count in enumerate(book.verses, 1):
            last = number(book, chapter, count)
            assert parse(str(Reference((Range(last, last),)))).ranges == (Range(last, last),)
