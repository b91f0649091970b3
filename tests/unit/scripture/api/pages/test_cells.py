"""What an edition says beside its words is set where it stands, and changes none of them."""

from __future__ import annotations

import html
import re

import httpx
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.api.pages.cells import Column
from rackhouse.services.scripture.model.annotations import Bare, Beside, Heading, Note, Word
from rackhouse.services.scripture.model.translation import About, Translation, Verse
from rackhouse.services.scripture.service.library import Library
from unit.scripture.api.held import LICENCE

ABOUT = About(id="x", name="The X", language="en", licence=LICENCE)


class Kept(Bare):
    """What stands beside one verse."""

    has_words = True

    def __init__(self, beside: Beside) -> None:
        self._beside = beside

    def of(self, verse: int) -> Beside:
        return self._beside if verse == 19_023_001 else Beside()

    def strong(self, number: str) -> dict[int, tuple[str, ...]]:
        return {19_023_001: ("LORD",)} if number == "H3068" else {}


BESIDE = Beside(
    words=(Word(4, 8, ("H3068",)), Word(15, 23, ("H7462", "H1"))),
    notes=(Note(8, "Or <b>Yahweh</b>"), Note(99, "At the end")),
    headings=(Heading(0, "A Psalm of David.", "psalm"), Heading(25, "All", "speaker")),
)
TEXT = "The LORD is my shepherd; I shall not want."


def held(beside: Beside = BESIDE, text: str = TEXT) -> Translation:
    return Translation(ABOUT, {19_023_001: text, 19_023_002: "He maketh."}, Kept(beside))


def bare(markup: str) -> str:
    """As it is read: without marks of notes and headings in between."""
    markup = re.sub(
        r'<a class="note".*?</a>|<span class="head.*?</span>', "", markup, flags=re.DOTALL
    )
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def test_notes_headings_and_words_are_where_they_stand() -> None:
    column = Column(held())
    cell = column.cell(Verse(19_023_001, TEXT), studied=True)
    assert [each.text for each in cell.heads] == ["A Psalm of David."]
    assert 'href="/words/H3068"' in cell.text
    assert (
        'title="H7462, H1">shepherd</a>; <span class="head speaker">All</span>I shall' in cell.text
    )
    assert [(it.mark, it.verse) for it in column.notes] == [("a", 1), ("b", 1)]
    assert f'href="#note-{column.notes[0].id}"' in cell.text
    assert bare(cell.text) == TEXT
    assert "/words/" not in column.cell(Verse(19_023_001, TEXT)).text


PLACES = st.integers(0, 50)


@given(
    st.text(max_size=45),
    st.lists(st.builds(Note, PLACES, st.text(max_size=5)), max_size=4),
    st.lists(st.builds(Heading, PLACES, st.text(max_size=5)), max_size=3),
    st.lists(st.tuples(PLACES, PLACES, st.sampled_from([("G1",), ()])), max_size=5),
)
def test_no_letter_of_the_words_is_lost_or_moved(
    text: str,
    notes: list[Note],
    headings: list[Heading],
    spans: list[tuple[int, int, tuple[str, ...]]],
) -> None:
    words = tuple(Word(min(a, b), max(a, b), strongs) for a, b, strongs in spans)
    beside = Beside(words=words, notes=tuple(notes), headings=tuple(headings))
    plain = text.replace("<", "").replace(">", "")
    column = Column(held(beside, plain))
    for studied in (False, True):
        assert bare(column.cell(Verse(19_023_001, plain), studied=studied).text) == plain


async def test_they_are_on_the_page_and_escaped() -> None:
    transport = httpx.ASGITransport(create(Library([held()])))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        page = (await client.get("/read/PSA/23")).text
        passages = (await client.get("/passages?ref=Ps 23:1; 24:1")).text
        word = (await client.get("/words/h3068")).text
        wrong = [await client.get(f"/words/{it}") for it in ("H99", "x", "H3068?in=no")]
    for each in (page, passages):
        assert "Or &lt;b&gt;Yahweh&lt;/b&gt;" in each
        assert 'class="head psalm"' in each
        assert each.count('id="to-x-') == each.count('href="#to-x-') == 2
    assert 'href="/read/PSA/23/1?in=x#v1"' in word
    assert "1 times" in word or "1 time" in word
    assert [each.status_code for each in wrong] == [404, 400, 404]
