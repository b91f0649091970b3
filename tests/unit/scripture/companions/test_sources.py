"""Cross-references and topics as their sources write them, and what is wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.errors import HostError
from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.topics import id_of
from rackhouse.services.scripture.store import links, osis, topics
from rackhouse.services.scripture.store.sword import modules
from rackhouse.services.scripture.store.sword.canon import OSIS
from unit.scripture.companions.held import ENTRIES, LINES, companions, topical
from unit.scripture.sources.sword import lexicon

JOHN = parse("John 3:16").ranges


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("Gen.1.1", "Genesis 1:1"),
        ("Exod.6.16-Exod.6.20", "Exodus 6:16-20"),
        ("Judg.20", "Judges 20"),
        ("Obad", "Obadiah"),
        ("Mal.4.5-Matt.1.1", "Malachi 4:5 - Matthew 1:1"),
        ("1John.4.9-1John.4.10", "1 John 4:9-10"),
        ("Gen.1.99", None),
        ("Gen.99", None),
        ("Gen.1.5-Gen.1.2", None),
        ("Tob.1.1", None),
        ("", None),
        ("Gen.1.1-", "Genesis 1:1"),
        ("Gen 1:1", None),
        ("Gen.1.1.1", None),
    ],
)
def test_references_of_osis(said: str, means: str | None) -> None:
    verses = osis.referred(said)
    assert (str(verses) if verses else None) == means


@given(st.sampled_from(BOOKS), st.data())
def test_every_verse_is_read(book: object, data: st.DataObject) -> None:
    at = BOOKS.index(book)  # type: ignore[arg-type]
    chapter = data.draw(st.integers(1, BOOKS[at].chapters))
    verse = data.draw(st.integers(1, BOOKS[at].verses[chapter - 1]))
    name = next(name for name, code in OSIS.items() if code == BOOKS[at].code)
    id = BOOKS[at].first(chapter, verse)
    assert osis.referred(f"{name}.{chapter}.{verse}") == Range(id, id)


@given(st.text(max_size=40))
def test_any_text_is_a_reference_or_none(said: str) -> None:
    verses = osis.referred(said)
    assert verses is None or verses.first <= verses.last


def test_the_best_come_first_each_once_and_none_that_is_voted_down() -> None:
    held = links.read(LINES.splitlines(), "here")
    assert len(held) == 5
    told = [(str(it.to), it.votes) for it in held.of(parse("John 3:16-17").ranges, 10)]
    assert told == [("Romans 5:8", 830), ("1 John 4:9-10", 720), ("Luke 19:10", 40)]
    assert [str(it.to) for it in held.of(JOHN, 1)] == ["Romans 5:8"]
    assert held.of(parse("Gen 1").ranges, 10) == []
    assert "OpenBible.info" in held.licence.attribution


def test_a_few_lines_that_are_none_are_left_out_and_many_are_another_file(tmp_path: Path) -> None:
    good = "John.3.16\tRom.5.8\t8\n" * 30
    bad = "John.3.16\tRom.5.8\nTob.1.1\tRom.5.8\t8\nJohn.3.16\tRom.5.8\tmany\n"
    assert len(links.read((good + bad).splitlines(), "x")) == 30
    with pytest.raises(HostError) as caught:
        links.read(("x\n" + bad * 3).splitlines(), "x")
    assert caught.value.where == "x:1"
    for content in (b"", b"\xff\xfe\x00" * 50, b"a" * 100_000, b"\t\t\t\n" * 100):
        (tmp_path / links.NAME).write_bytes(content)
        assert links.held(tmp_path) is None
    (tmp_path / links.NAME).write_text("\ufeff" + LINES)
    held = links.held(tmp_path)
    assert held
    assert len(held) == 5
    assert links.held(None) is None
    assert links.held(tmp_path / "nowhere") is None


def test_a_subject_is_read_line_by_line() -> None:
    topic = topical().topic("faith")
    assert topic
    told = [(it.depth, it.text, [str(each) for each in it.verses]) for it in topic.lines]
    assert told == [
        (0, "Defined", ["Hebrews 11:1-3"]),
        (0, "EXEMPLIFIED", []),
        (1, "Abraham & Sarah", ["Genesis 15:6", "Hebrews 11"]),
        (0, "In Christ; See SALVATION", ["John 3:16"]),
    ]
    assert topic.see == ("SALVATION",)
    assert len(topic.verses) == 4


def test_subjects_are_found_by_name_and_by_verse() -> None:
    held = topical()
    assert [id for id, _ in held.called("Faith", 9)] == ["faith", "faithfulness"]
    assert [id for id, _ in held.called("christ jesus", 9)] == ["jesus-the-christ"]
    assert [id for id, _ in held.called("salv", 9)] == ["salvation"]
    assert held.called("", 9) == held.called("?", 9) == held.called("grumbling", 9) == []
    assert [id for id, _ in held.of(JOHN[0], 9)] == ["faith", "salvation"]  # exactly, then near
    assert [id for id, _ in held.of(parse("John 3:15").ranges[0], 9)] == ["salvation"]
    assert [id for id, _ in held.of(parse("Ps 36:5").ranges[0], 9)] == ["faithfulness"]
    assert held.of(parse("Ruth 1").ranges[0], 9) == []
    assert held.topic("nothing") is None


@given(st.text(max_size=30))
def test_an_id_is_one_again(name: str) -> None:
    assert id_of(id_of(name)) == id_of(name)


def test_out_of_its_module_the_last_of_two_entries_counts(tmp_path: Path) -> None:
    """In what it says, and in which verses it is found at."""
    hope = '<def><lb/>Of <ref osisRef="Rom.5.2">Ro 5:2</ref></def>'
    lexicon(tmp_path, "Nave", {**ENTRIES, "FAITH ": hope})
    told = topics.held(modules.found([tmp_path]))
    assert told
    faith = told.topic("faith")
    assert faith
    assert [str(it) for it in faith.verses] == ["Romans 5:2"]
    (verse,) = parse("Heb 11:2").ranges
    assert told.of(verse, 5) == []
    (verse,) = parse("Ro 5:2").ranges
    assert told.of(verse, 5) == [("faith", "FAITH")]
    assert told.of(*JOHN, 5) == [("salvation", "SALVATION")]


def test_what_is_not_installed_says_how_it_would_be() -> None:
    assert companions().linked()
    assert companions().topic("faith").name == "FAITH"
