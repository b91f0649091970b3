"""Commentaries and lexicons of SWORD, whole and harmed."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.work import Work
from rackhouse.services.scripture.store import shelves
from rackhouse.services.scripture.store.markup import prose
from rackhouse.services.scripture.store.osis import referred
from rackhouse.services.scripture.store.sword import bibles, works
from unit.scripture.sources.sword import lexicon, link, module

ENTRIES = {
    "00025": '<orth>agape</orth> <orth type="writing">A)G</orth><lb/><def>to love; <ref target="x">'
    "G26</ref></def>",
    "00026": "love",
    "00027": "beloved",
}


def kept(tmp_path: Path) -> dict[str, Work]:
    made = shelves.kept(tmp_path / "kept", works.bound([tmp_path]))
    return {each.about.id: each for each in made}


@pytest.mark.parametrize("driver", ["zLD", "RawLD"])
def test_a_lexicon_by_its_numbers(tmp_path: Path, driver: str) -> None:
    lexicon(tmp_path, "StrongsGreek", ENTRIES, ModDrv=driver, Feature="GreekDef")
    work = kept(tmp_path)["strongs-greek"]
    assert [each.key for each in work.places] == ["G25", "G26", "G27"]
    assert work.entry(0).text == "agape\nto love; G26"
    assert [work.entry(each.at).text for each in work.under("g26")] == ["love"]
    assert work.kind == "lexicon"
    assert list(bibles.origins([tmp_path])) == []


def test_links_to_other_headings_are_no_entries(tmp_path: Path) -> None:
    lexicon(tmp_path, "Nave", {"AARON": "a priest", "ARON": "@LINK AARON\n"})
    work = kept(tmp_path)["naves"]
    assert [each.key for each in work.places] == ["AARON"]
    assert work.kind == "topics"


def test_a_comment_is_on_the_verses_that_are_linked_to_it(tmp_path: Path) -> None:
    comment = "<p>See <reference osisRef='Rom.8.28'>Ro 8:28</reference>.</p><p>So.</p>"
    said = {("GEN", 1, at): comment for at in (1, 2, 3)}
    said |= {("GEN", 1, 4): "Four", ("PSA", 23, 1): "On all", ("GEN", 2, 0): "<chapter/>"}
    home = module(tmp_path, "Cmt", said, ModDrv="zCom")
    link(home, 3)
    work = kept(tmp_path)["cmt"]
    assert [(it.first, it.last) for it in work.places] == [
        (1_001_001, 1_001_003),
        (1_001_004, 1_001_004),
        (19_023_001, 19_023_006),
    ]
    entry = work.entry(0)
    assert entry.text == "See Ro 8:28.\nSo."
    (mark,) = entry.marks
    assert (entry.text[mark.start : mark.end], mark.first) == ("Ro 8:28", 45_008_028)
    assert [it.at for it in work.on(parse("Gen 1:3-4; Ps 23:5"))] == [0, 1, 2]


def test_a_driver_that_says_otherwise_than_its_files_is_read_by_these(tmp_path: Path) -> None:
    """As Debian's MHCC is."""
    module(tmp_path, "Cmt", {("GEN", 1, 1): "One", ("GEN", 1, 2): "Two"}, ModDrv="zCom4")
    work = kept(tmp_path)["cmt"]
    assert [work.entry(it.at).text for it in work.places] == ["One", "Two"]


def test_works_are_kept_and_imported_again_when_they_are_harmed(tmp_path: Path) -> None:
    lexicon(tmp_path, "Lex", ENTRIES)
    before = kept(tmp_path)["lex"]
    file = tmp_path / "kept" / shelves.NAME
    written = file.stat().st_mtime_ns
    assert kept(tmp_path)["lex"].digest == before.digest
    assert file.stat().st_mtime_ns == written
    file.write_bytes(file.read_bytes()[:-3])
    assert kept(tmp_path)["lex"].digest == before.digest


def _cut(said: bytes) -> bytes:
    return said[:10]


def _far(said: bytes) -> bytes:
    return struct.pack("<II", 2**31, 9) * (len(said) // 8)


@pytest.mark.parametrize(
    ("ending", "harm"),
    [("zdt", _cut), ("zdx", _cut), ("dat", _cut), ("zdx", _far), ("idx", _far), ("idx", _cut)],
)
def test_what_is_harmed_is_said_and_the_rest_is_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, ending: str, harm: Callable[[bytes], bytes]
) -> None:
    lexicon(tmp_path, "Good", ENTRIES)
    path = lexicon(tmp_path, "Bad", ENTRIES)
    file = path.with_name(f"dict.{ending}")
    file.write_bytes(harm(file.read_bytes()))
    made = kept(tmp_path)
    assert "good" in made
    assert "bad" not in made or len(made["bad"]) < len(ENTRIES)
    assert "bad" in made or "bad" in caplog.text


@pytest.mark.parametrize("terms", ["", "Copyrighted"])
def test_what_may_not_be_passed_on_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, terms: str
) -> None:
    lexicon(tmp_path, "Lex", ENTRIES, DistributionLicense=terms)
    assert kept(tmp_path) == {}
    assert "does not allow" in caplog.text


@pytest.mark.parametrize(
    ("target", "verses"),
    [
        ("Exod.6.16-Exod.6.20", (2_006_016, 2_006_020)),
        ("Bible:Gen.1", (1_001_001, 1_001_031)),
        ("Ruth", (8_001_001, 8_004_022)),
        ("Bible:Gen.1.1!a-Gen.1.3!b", (1_001_001, 1_001_003)),
        ("Gen.51", None),
        ("Gen.0", None),
        ("Gen.1.0", None),
        ("Gen.1.99", None),
        ("Tob.1.1", None),
        ("Rom.8-Gen.1", None),
        ("", None),
    ],
)
def test_targets_are_verses_of_ours(target: str, verses: tuple[int, int] | None) -> None:
    found = referred(target)
    assert (found and (found.first, found.last)) == verses
    _, marks = prose.read(f'<p>see <ref osisRef="{target} Gen.1.3">there</ref></p>')
    assert [(it.first, it.last) for it in marks] == ([verses] if verses else [])


@given(
    st.lists(
        st.sampled_from(
            ["a word", " ", "<p>", "</p>", "<lb/>", "<ref osisRef='Gen.1.1'>", "</ref>", "<hi>"]
        )
    )
)
def test_references_point_into_the_text(pieces: list[str]) -> None:
    text, marks = prose.read("".join(pieces))
    for mark in marks:
        assert text[mark.start : mark.end].strip() == text[mark.start : mark.end] != ""
    assert all(line == " ".join(line.split()) != "" for line in text.split("\n") if text)
