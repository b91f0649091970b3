"""Verses out of markup: words apart, marks beside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.annotations import strong_named, strongs
from rackhouse.services.scripture.model.cleaning import words
from rackhouse.services.scripture.model.composing import Composed, cut, joined
from rackhouse.services.scripture.store.markup.fragments import Fragments


def read(said: str) -> Composed:
    (composed,) = Fragments().read(said)
    return composed


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("only born<note>n</note>Son", "only born Son"),
        ("only born <note>n</note> Son", "only born Son"),
        ("Yahweh<note>n</note>\u2019s name", "Yahweh\u2019s name"),
        ("he said<note>n</note>, go", "he said, go"),
        ("said,<note>n</note>\u201cGo", "said, \u201cGo"),
        ("\u201c<note>n</note>Go", "\u201cGo"),
        ("well\u2014<note>n</note>known", "well\u2014known"),
        ("\u795e<note>n</note>\u7231", "\u795e\u7231"),
        ("in 5<note>n</note>days", "in 5 days"),
        ("one<l/>two<lb/>three<p>four</p>five", "one two three four five"),
        ("one<l eID='1'/>; two", "one; two"),
        ("a<title>T<note>n</note>T</title>b", "a b"),
        ("<q marker='\u201c' sID='1'/>Go<q marker='\u201d' eID='1'/>", "\u201cGo\u201d"),
        ("<hi>a</hi>b <seg>c</seg>", "ab c"),
        ("a &amp; b &lt;c&gt; &#8220;", "a & b <c> \u201c"),
        ("a < b", "a < b"),
        ("a <unclosed b", "a <unclosed b"),
        ("<note>never closed", ""),
        ("</note>a</w></title>", "a"),
        ("a <w lemma='strong:H1'>b", "a b"),
        ("\u00b6 a \\nd LORD\\nd* b", "a LORD b"),
        ("", ""),
    ],
)
def test_words_stay_apart_as_they_were(said: str, wanted: str) -> None:
    assert read(said).text == wanted


def test_what_is_beside_has_its_place() -> None:
    composed = read(
        "<title type='psalm'>A Psalm.</title><w lemma='strong:H3068 strong:H430'> LORD</w>,"
        "<note type='crossReference'>See <reference>Ex 3</reference></note> how"
        "<note><reference type='annotateRef'>3:1 </reference>Or, <w lemma='strong:H1'>why</w>"
        "</note>"
    )
    assert composed.text == "LORD, how"
    assert [(it.start, it.end, it.strongs) for it in composed.beside.words] == [
        (0, 4, ("H3068", "H430"))
    ]
    assert [(it.at, it.text, it.kind) for it in composed.beside.notes] == [
        (5, "See Ex 3", "cross"),
        (9, "Or, why", "note"),
    ]
    assert [(it.at, it.text, it.kind) for it in composed.beside.headings] == [
        (0, "A Psalm.", "psalm")
    ]


@pytest.mark.parametrize(
    ("lemma", "wanted"),
    [
        ("strong:H07225", ("H7225",)),
        ("strong:G1492 G4571", ("G1492", "G4571")),
        ("strong:H0430 strong:H0430", ("H430",)),
        ("lemma.TR:\u03b8\u03b5\u03bf\u03c2 strong:G2316", ("G2316",)),
        ("strong:H0 strong:H123456 x-H1", ()),
        ("", ()),
    ],
)
def test_numbers_are_read_out_of_an_attribute(lemma: str, wanted: tuple[str, ...]) -> None:
    assert strongs(lemma) == wanted


def test_numbers_are_read_as_people_write_them() -> None:
    assert strong_named(" h0430 ") == "H430"
    assert [strong_named(it) for it in ("430", "X1", "H", "H1.2", "H" * 9)] == [None] * 5


PIECES = st.sampled_from(
    [
        "word",
        "Son",
        " ",
        ", ",
        "\u201c",
        "\u2019s",
        "<note>a note</note>",
        "<l/>",
        "<lb/>",
        "<p>",
        "</p>",
        "<w lemma='strong:H1'>",
        "</w>",
        "<title>T</title>",
        "\n",
        "<hi>",
        "</hi>",
        "&amp;",
    ]
)


@given(st.lists(PIECES))
def test_no_word_is_lost_and_what_is_beside_points_into_the_text(pieces: list[str]) -> None:
    composed = read("".join(pieces))
    kept = [it for it in pieces if it[0].isalpha() or it in {" ", "\n", ", ", "\u2019s"}]
    assert "".join(words(composed.text)) == "".join(words("".join(kept)))
    assert composed.text == " ".join(composed.text.split())
    for word in composed.beside.words:
        assert composed.text[word.start : word.end].strip()
    assert all(0 <= it.at <= len(composed.text) for it in composed.beside.notes)


@given(st.lists(PIECES), st.lists(PIECES))
def test_what_is_joined_and_cut_is_as_it_was(one: list[str], other: list[str]) -> None:
    first, second = read("".join(one)), read("".join(["Begins ", *other]))
    both = joined(first, second)
    assert both.text == f"{first.text} {second.text}".strip()
    marked = [both.text[it.start : it.end] for it in both.beside.words]
    apart = [(each.text, it) for each in (first, second) for it in each.beside.words]
    assert marked == [text[it.start : it.end] for text, it in apart]
    if first.text and "Begins" not in first.text and second.text.startswith("Begins"):
        again = cut(both, ("Begins",))
        assert [it.text for it in again] == [first.text, second.text]
        assert [len(it.beside.words) for it in again] == [
            len(it.beside.words) for it in (first, second)
        ]


def test_hostile_text_takes_time_in_proportion() -> None:
    for piece in ("<w a='", '<"', "<a <", "<note>", "&#", "<w lemma='x'>", "\\nd"):
        assert read(piece * 20_000) is not None


@given(st.text(alphabet="<>&'\"=/ wabnote\\;#x1", max_size=200))
def test_anything_is_read_as_something(said: str) -> None:
    assert read(said).text == " ".join(read(said).text.split())
