"""Modules of SWORD, whole and harmed."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError
from rackhouse.services.scripture.store import imports, packing
from rackhouse.services.scripture.store.origin import Origin
from rackhouse.services.scripture.store.sword import bibles, canon
from unit.scripture.sources.sword import Verses, link, module

VERSES: Verses = {
    ("GEN", 1, 1): '<w lemma="strong:H07225">In the beginning</w> God<note>Elohim</note>created.',
    ("GEN", 1, 2): "\u00b6 And the \\nd LORD\u2019s earth &amp; sea.",
    ("JHN", 11, 35): "Jesus <transChange>wept</transChange>.",
}
TEXT = {
    1_001_001: "In the beginning God created.",
    1_001_002: "And the LORD\u2019s earth & sea.",
    43_011_035: "Jesus wept.",
}


def origins(folder: Path) -> list[Origin]:
    return list(bibles.origins([folder]))


@pytest.mark.parametrize("driver", ["zText", "RawText"])
def test_verses_are_read_with_what_stands_beside_them(tmp_path: Path, driver: str) -> None:
    module(tmp_path, "Tst", VERSES, ModDrv=driver)
    (origin,) = origins(tmp_path)
    taken = origin.take()
    assert taken.verses == TEXT
    text = packing.opened(packing.packed(origin.about, taken))
    assert text.margin.of(1_001_001).notes[0].text == "Elohim"
    assert text.margin.strong("H7225") == {1_001_001: ("In the beginning",)}
    assert (origin.about.id, origin.about.name) == ("tst", "A test")
    assert origin.about.licence.attribution == "A test. Text as in the SWORD module Tst 1.0."


def test_verses_go_by_our_numbers_and_none_is_lost_unsaid(tmp_path: Path) -> None:
    verses: Verses = {
        ("JOL", 3, 1): "I will pour out",
        ("PSA", 3, 1): "A Psalm",
        ("PSA", 3, 2): "LORD, how many",
    }
    module(tmp_path, "Mt", verses, Versification="MT")
    more = {("3JN", 1, 14): "Peace", ("3JN", 1, 15): "Greet them", ("ROM", 14, 23): "is sin"}
    module(tmp_path, "Nrsv", more, Versification="NRSV")
    one, other = origins(tmp_path)
    taken = one.take()
    assert taken.verses == {29_002_028: "I will pour out", 19_003_001: "LORD, how many"}
    assert taken.numbers == {29_002_028: "JOL 3:1", 19_003_001: "PSA 3:2"}
    text = packing.opened(packing.packed(one.about, taken))
    assert text.margin.of(19_003_001).headings[0].text == "A Psalm"
    assert other.take().verses == {64_001_014: "Peace Greet them", 45_014_023: "is sin"}


@pytest.mark.parametrize(
    ("conf", "why"),
    [
        ({"DistributionLicense": ""}, "names no licence"),
        ({"DistributionLicense": "Copyrighted"}, "does not allow"),
        (
            {"DistributionLicense": "Copyrighted; Permission to distribute granted to CrossWire"},
            "does not allow",
        ),
        ({"DistributionLicense": "Public Domain of nobody"}, "does not allow"),
        ({"CipherKey": "x"}, "locked"),
        ({"Versification": "Luther"}, "luther does"),
        ({"DataPath": "./../../../etc/"}, "leads out"),
        ({"SourceType": "RTF"}, "marked up as RTF"),
    ],
)
def test_what_may_not_or_cannot_be_served_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, conf: dict[str, str], why: str
) -> None:
    module(tmp_path, "Tst", VERSES, **conf)
    assert origins(tmp_path) == []
    assert "Tst" in caplog.text
    assert why in caplog.text


@pytest.mark.parametrize("licence", ["Public Domain", "Creative Commons: BY-SA 4.0", "GPL", "CC0"])
def test_free_terms_are_known(tmp_path: Path, licence: str) -> None:
    module(tmp_path, "Tst", VERSES, DistributionLicense=licence, ShortCopyright="Ann")
    (origin,) = origins(tmp_path)
    assert origin.about.licence.name == licence
    assert "Ann." in origin.about.licence.attribution


def test_verses_that_are_linked_are_one_that_says_so(tmp_path: Path) -> None:
    both = "In the beginning"
    said: Verses = {("GEN", 1, 1): both, ("GEN", 1, 2): both, ("GEN", 1, 3): "And"}
    link(module(tmp_path, "Tst", said), 2)
    (origin,) = origins(tmp_path)
    taken = origin.take()
    assert taken.verses == {1_001_001: both, 1_001_003: "And"}
    assert taken.numbers == {1_001_001: "GEN 1:1-2", 1_001_002: "GEN 1:1-2"}


@pytest.mark.parametrize("compression", ["ZIP", "BZIP2", "XZ"])
def test_blocks_are_packed_in_several_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str
) -> None:
    home = module(tmp_path, "Tst", VERSES, CompressType=compression)
    (origin,) = origins(tmp_path)
    assert origin.take().verses == TEXT
    with monkeypatch.context() as patch:
        patch.setattr("rackhouse.services.scripture.store.sword.verses._MOST_BLOCK", 20)
        with pytest.raises(HostError, match=r"larger|limit exceeded"):
            origin.take()
    (home / "ot.bzz").write_bytes((home / "ot.bzz").read_bytes()[:15])
    with pytest.raises(HostError, match=r"damaged|cut off"):
        origin.take()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("GBF", "In the <FI>beginning<Fi><WH7225><RF>Or, <FI>first<Fi><Rf>God<TS>One<Ts> made<CM>"),
        ("ThML", 'In the <i>beginning</i><note place="foot">Or, first</note>God <br/>made'),
        ("", "In the beginning God made"),
    ],
)
def test_older_formats_glue_nothing_and_leave_nothing(tmp_path: Path, kind: str, said: str) -> None:
    module(tmp_path, "Tst", {("GEN", 1, 1): said}, SourceType=kind)
    (origin,) = origins(tmp_path)
    taken = origin.take()
    assert taken.verses == {1_001_001: "In the beginning God made"}
    text = packing.opened(packing.packed(origin.about, taken))
    assert [it.text for it in text.margin.of(1_001_001).notes] == (["Or, first"] if kind else [])


@pytest.mark.parametrize("compression", ["LZSS", ""])
def test_other_compressions_are_refused_by_name(tmp_path: Path, compression: str) -> None:
    module(tmp_path, "Tst", VERSES, CompressType=compression)
    (origin,) = origins(tmp_path)
    with pytest.raises(HostError, match="compressed by"):
        origin.take()


def test_harmed_files_are_said_and_the_rest_is_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = module(tmp_path / "good", "Good", VERSES)
    assert good.is_dir()
    for name, harmed, harm in (
        ("Cut", "ot.bzz", lambda said: said[:20]),
        ("Other", "ot.bzz", lambda said: b"x" * len(said)),
        ("Blocks", "ot.bzs", lambda _: b""),
        ("Index", "ot.bzv", lambda said: struct.pack("<IIH", 1, 2**31, 9) * (len(said) // 10)),
        ("Empty", "ot.bzv", lambda _: b""),
    ):
        home = module(tmp_path / "bad", name, {("GEN", 1, 1): "In the beginning"})
        (home / harmed).write_bytes(harm((home / harmed).read_bytes()))
    folders = [tmp_path / "bad", tmp_path / "good", tmp_path / "none"]
    (read,) = imports.kept(tmp_path / "kept", bibles.origins(folders))
    assert read.about.id == "good"
    assert caplog.text.count("is not served") == 5


def test_a_module_without_its_files_is_said(tmp_path: Path) -> None:
    module(tmp_path, "Tst", VERSES, DataPath="./modules/nowhere/")
    (origin,) = origins(tmp_path)
    with pytest.raises(HostError, match="no verse"):
        origin.take()


def test_a_block_that_swells_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rackhouse.services.scripture.store.sword.verses._MOST_BLOCK", 1000)
    module(tmp_path, "Tst", {("GEN", 1, 1): "a" * 5000})
    (origin,) = origins(tmp_path)
    with pytest.raises(HostError, match="larger"):
        origin.take()


def test_another_release_is_imported_anew(tmp_path: Path) -> None:
    home = module(tmp_path, "Tst", VERSES)
    (before,) = origins(tmp_path)
    assert origins(tmp_path)[0].made_of == before.made_of
    (home / "ot.bzz").write_bytes((home / "ot.bzz").read_bytes() + b"\0")
    assert origins(tmp_path)[0].made_of != before.made_of


def test_of_two_modules_of_one_name_the_first_folders_is_served(tmp_path: Path) -> None:
    module(tmp_path / "own", "Tst", VERSES, Version="2.0")
    module(tmp_path / "system", "Tst", VERSES)
    (origin,) = bibles.origins([tmp_path / "own", tmp_path / "system"])
    assert "2.0" in origin.about.licence.attribution


def test_without_the_tables_of_numberings_no_module_is_served_and_all_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    module(tmp_path, "Tst", VERSES)
    canon._canons.cache_clear()
    monkeypatch.setitem(sys.modules, "pysword.canons", None)
    assert imports.kept(tmp_path / "kept", bibles.origins([tmp_path])) == ()
    assert "requirements.lock" in caplog.text
