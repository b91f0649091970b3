"""The file of texts is whole, or it is made anew; never served as something else."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError, Missing
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import Licence, Translation
from rackhouse.services.scripture.store import imports, packing, texts
from rackhouse.services.scripture.store.drafts import Taken
from rackhouse.services.scripture.store.origin import Origin
from rackhouse.services.scripture.store.texts import Kept
from unit.scripture.store.bible import ABOUT, CLEAN, WORDS, package, source


def kept(id: str = "tst", stamp: str = "1") -> Kept:
    return Kept(id, stamp, packing.packed(ABOUT, Taken(CLEAN)))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = texts.write(tmp_path / "new" / "folder", [kept()])
    some = texts.read(file.parent)
    assert some == (kept(),)
    (read,) = texts.opened(file.parent, some)
    assert (read.about, read.digest) == (ABOUT, Translation(ABOUT, CLEAN).digest)
    assert [each.text for each in read.within(Range(1_001_001, 1_002_001))] == [*CLEAN.values()]
    assert [each.name for each in file.parent.iterdir()] == [texts.NAME]


def test_a_file_that_is_not_what_it_says_is_not_read(tmp_path: Path) -> None:
    file = texts.write(tmp_path, [kept()])
    whole = file.read_bytes()
    for harm in (
        whole.replace(b"And it was", b"And it is "),
        whole.replace(b"Nobody's", b"Somebody"),
        whole.replace(b"tst", b"tsu", 1),
        whole.replace(b"rackhouse-texts", b"rackhouse-verse"),
        whole[:-20],
        whole[:30],
        whole + b"x",
        b"",
        b"[]",
    ):
        assert harm != whole
        file.write_bytes(harm)
        with pytest.raises(HostError):
            texts.read(tmp_path)
    file.unlink()
    with pytest.raises(Missing):
        texts.read(tmp_path)


def test_a_verse_that_was_changed_together_with_the_whole_is_seen(tmp_path: Path) -> None:
    said = packing.packed(ABOUT, Taken(CLEAN)).replace(b"And it was", b"And it is ")
    texts.write(tmp_path, [Kept("tst", "1", said)])
    with pytest.raises(HostError, match="1001002"):
        texts.opened(tmp_path, texts.read(tmp_path))


def test_what_was_packed_otherwise_is_damaged_as_others_are(tmp_path: Path) -> None:
    for said in (b"", b"\x91" * 200_000, b"{}"):
        texts.write(tmp_path, [Kept("tst", "1", said)])
        with pytest.raises(HostError):
            texts.opened(tmp_path, texts.read(tmp_path))


def test_a_translation_without_licence_or_attribution_cannot_be(tmp_path: Path) -> None:
    for name, attribution in (("", "Nobody's"), ("Public domain", " ")):
        with pytest.raises(ValueError, match="licence"):
            Licence(name=name, attribution=attribution)


def test_it_is_imported_once_and_again_when_it_is_harmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, "pythonbible_tst", WORDS, monkeypatch)
    sources = [imports.packaged(source("pythonbible_tst", CLEAN))]
    (made,) = imports.kept(tmp_path / "kept", sources)
    assert {each.id: each.text for each in made} == CLEAN
    file = tmp_path / "kept" / texts.NAME
    written = file.stat().st_mtime_ns
    assert imports.kept(tmp_path / "kept", sources)[0].digest == made.digest
    assert file.stat().st_mtime_ns == written
    file.write_bytes(file.read_bytes()[:-5])
    assert imports.kept(tmp_path / "kept", sources)[0].digest == made.digest


def test_other_words_than_were_pinned_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, "pythonbible_other", WORDS | {1_001_002: "And it is."}, monkeypatch)
    with pytest.raises(HostError, match="other words"):
        imports.kept(tmp_path, [imports.packaged(source("pythonbible_other", CLEAN))])
    assert not (tmp_path / texts.NAME).exists()


def test_a_package_that_is_away_or_harmed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Missing, match="pythonbible-nowhere"):
        imports.kept(tmp_path, [imports.packaged(source("pythonbible_nowhere", CLEAN))])
    file = package(tmp_path, "pythonbible_harmed", WORDS, monkeypatch)
    for harm in (
        "bible = (",
        "bible = 1",
        "",
        "bible = Bible(1, 2)",
        "bible = Bible(a.b, x, {}, {})",
    ):
        file.write_text(harm)
        with pytest.raises(HostError):
            imports.kept(tmp_path, [imports.packaged(source("pythonbible_harmed", CLEAN))])


def test_what_is_new_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    asked = []

    def origin(id: str, stamp: str) -> Origin:
        def take() -> Taken:
            asked.append((id, stamp))
            return Taken(CLEAN)

        return Origin(about=replace(ABOUT, id=id), stamp=stamp, take=take)

    imports.kept(tmp_path, [origin("one", "1"), origin("two", "1")])
    imports.kept(tmp_path, [origin("one", "1"), origin("two", "2"), origin("three", "1")])
    assert asked == [("one", "1"), ("two", "1"), ("two", "2"), ("three", "1")]
    some = imports.kept(tmp_path, [origin("three", "1"), origin("one", "1")])
    assert [each.about.id for each in some] == ["three", "one"]
    assert len(asked) == 4


def test_who_fails_is_left_out_and_who_has_an_id_keeps_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> Taken:
        raise HostError("is harmed", where="a module", fix="install it anew")

    def surprises() -> Taken:
        raise ZeroDivisionError

    one = Origin(about=ABOUT, stamp="1", take=lambda: Taken(CLEAN))
    (read,) = imports.kept(
        tmp_path,
        [
            one,
            Origin(about=replace(ABOUT, id="bad"), stamp="1", take=fails),
            Origin(about=replace(ABOUT, id="none"), stamp="1", take=lambda: Taken({})),
            Origin(about=replace(ABOUT, id="odd"), stamp="1", take=surprises),
            replace(one, stamp="2"),
        ],
    )
    assert read.about == ABOUT
    for said in ("is harmed", "has no verse of ours", "ZeroDivision", "has its id already"):
        assert said in caplog.text


def test_who_is_killed_goes_on_from_there(tmp_path: Path) -> None:
    asked = []

    def origin(id: str, dies: bool = False) -> Origin:
        def take() -> Taken:
            asked.append(id)
            if dies:
                raise KeyboardInterrupt
            return Taken(CLEAN)

        return Origin(about=replace(ABOUT, id=id), stamp="1", take=take)

    with pytest.raises(KeyboardInterrupt):
        imports.kept(tmp_path, [origin("one"), origin("two"), origin("three", dies=True)])
    some = imports.kept(tmp_path, [origin("one"), origin("two"), origin("three")])
    assert [each.about.id for each in some] == ["one", "two", "three"]
    assert asked == ["one", "two", "three", "three"]
    with pytest.raises(KeyboardInterrupt):  # what comes later is not lost by it
        imports.kept(tmp_path, [origin("new"), origin("next", dies=True), origin("three")])
    imports.kept(tmp_path, [origin("new"), origin("three")])
    assert asked[4:] == ["new", "next"]


def test_drafts_of_whoever_was_killed_are_taken_away(tmp_path: Path) -> None:
    for name in (".texts.bin.old.tmp", ".texts.bin.new.tmp", ".other.old.tmp"):
        (tmp_path / name).write_bytes(b"x")
    for name in (".texts.bin.old.tmp", ".other.old.tmp"):
        os.utime(tmp_path / name, (1, 1))
    texts.write(tmp_path, [kept()])
    left = {each.name for each in tmp_path.iterdir()}
    assert left == {texts.NAME, ".texts.bin.new.tmp", ".other.old.tmp"}
