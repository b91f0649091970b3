"""The file of texts is whole, or it is made anew; never served as something else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError, Missing
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import Licence, Translation
from rackhouse.services.scripture.store import imports, texts
from unit.scripture.store.bible import ABOUT, CLEAN, WORDS, package, source


def test_what_was_written_is_read(tmp_path: Path) -> None:
    made = Translation(ABOUT, CLEAN)
    file = texts.write(tmp_path / "new" / "folder", [made])
    (read,) = texts.read(file.parent)
    assert (read.about, read.digest, len(read)) == (ABOUT, made.digest, 2)
    assert [each.text for each in read.within(Range(1_001_001, 1_002_001))] == [*CLEAN.values()]
    assert [each.name for each in file.parent.iterdir()] == [texts.NAME]


def test_a_file_that_is_not_what_it_says_is_not_read(tmp_path: Path) -> None:
    file = texts.write(tmp_path, [Translation(ABOUT, CLEAN)])
    whole = file.read_text()
    for harm in (
        whole.replace("And it was", "And it is"),
        whole.replace("Nobody's", "Somebody's"),
        whole[:-20],
        whole.replace('"version":1', '"version":2'),
        "",
        "[]",
    ):
        assert harm != whole
        file.write_text(harm)
        with pytest.raises(HostError):
            texts.read(tmp_path)
    file.unlink()
    with pytest.raises(Missing):
        texts.read(tmp_path)


def test_a_file_of_brackets_is_damaged_as_others_are(tmp_path: Path) -> None:
    (tmp_path / texts.NAME).write_bytes(b'{"version":1,"sha256":"x","texts":' + b"[" * 200_000)
    with pytest.raises(HostError):
        texts.read(tmp_path)


def test_a_verse_that_was_changed_together_with_the_whole_is_seen(tmp_path: Path) -> None:
    file = texts.write(tmp_path, [Translation(ABOUT, CLEAN)])
    told = json.loads(file.read_text())
    told["texts"][0]["verses"][0][2] = "In the end."
    body = json.dumps(told["texts"], separators=(",", ":"))
    told["sha256"] = hashlib.sha256(body.encode()).hexdigest()
    file.write_text(json.dumps(told, separators=(",", ":")))
    with pytest.raises(HostError, match="1001001"):
        texts.read(tmp_path)


def test_a_translation_without_licence_or_attribution_cannot_be(tmp_path: Path) -> None:
    for name, attribution in (("", "Nobody's"), ("Public domain", " ")):
        with pytest.raises(ValueError, match="licence"):
            Licence(name=name, attribution=attribution)


def test_it_is_imported_once_and_again_when_it_is_harmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, "pythonbible_tst", WORDS, monkeypatch)
    sources = [source("pythonbible_tst", CLEAN)]
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
        imports.kept(tmp_path, [source("pythonbible_other", CLEAN)])
    assert not (tmp_path / texts.NAME).exists()


def test_a_package_that_is_away_or_harmed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Missing, match="pythonbible-nowhere"):
        imports.kept(tmp_path, [source("pythonbible_nowhere", CLEAN)])
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
            imports.kept(tmp_path, [source("pythonbible_harmed", CLEAN)])
