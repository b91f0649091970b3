"""Files that are broken, and files that mean harm: all that is wrong is said, with its line."""

from __future__ import annotations

import resource
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError
from rackhouse.services.scripture.store import imports, packing
from rackhouse.services.scripture.store.files import members, texts
from unit.scripture.sources import own

USFM = "\\id GEN\n\\c 1\n\\p\n\\v 1 In the beginning\n"


def refused(home: Path) -> str:
    """What is said of the only text there."""
    (origin,) = texts.origins(home)
    with pytest.raises(HostError) as caught:
        origin.take()
    return str(caught.value)


def test_every_fault_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    broken = (
        "\\c 1\n\\id GEN\n\\v 1 too early\n\\c one\n\\c 1\n\\p\n\\v x what\n\\v 2-1 back\n"
        "\\v 3 a \\f + \\ft open\n\\v 4 b\\f*\n\\v 5 c\n\\v 3 again\n"
    )
    own.folder(tmp_path, "own", {"a.usfm": broken, "b.usfm": b"\\id GEN\n\\c 2\n\xff\n"})
    said = refused(tmp_path)
    for line, what in (
        (1, "before its book"),
        (3, "stands in no chapter"),
        (4, "'one' is no chapter"),
        (7, "'x' is no verse"),
        (8, "end before they begin"),
        (10, "is not closed before here"),
        (10, "was not begun"),
        (12, "GEN 1:3 is there twice"),
    ):
        assert any(f"a.usfm, line {line}" in it and what in it for it in said.splitlines()), what
    assert "b.usfm, line 3: is not UTF-8" in said
    assert said.count("fix:") >= 9


def test_a_book_that_is_in_two_files_is_one_fault(tmp_path: Path) -> None:
    said = "\\id GEN\n\\c 1\n\\v 1 a\n\\v 2 b\n\\v 3 c\n"
    own.folder(tmp_path, "own", {"a.usfm": said, "b.usfm": said, "c.usfm": said + "\\c 2\n\\v 1 d"})
    told = refused(tmp_path)
    assert told.count("is in a.usfm too") == 2
    assert "GEN 1:1 is in a.usfm too" in told
    assert "twice" not in told


def test_a_book_may_lie_in_a_file_for_each_chapter(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"GEN-{at}.usfm": f"\\id GEN\n\\c {at}\n\\v 1 a\n" for at in (1, 2)
    }
    own.folder(tmp_path, "own", files)
    (origin,) = texts.origins(tmp_path)
    assert list(origin.take().verses) == [1_001_001, 1_002_001]


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("a.usfm", "", "no file of USFM"),
        ("a.usfm", USFM + "\n\\esb x", "esb is not closed"),
        ("a.txt", USFM, "no file of USFM"),
        ("a.usfm", "hello", "is of no book"),
        ("a.usfm", "\\id XX\n\\c 1\n\\v 1 a", "is no book"),
        ("a.usfm", "\\id TOB\n\\c 1\n\\v 1 a", "no verse of our books"),
        ("a.usfm", USFM + "a " * 60_000, "longer than any verse"),
        ("a.usx", "<usx><book code='GEN'/><chapter number='1'/>", "line 1: is no XML"),
        ("a.usx", "<usx>" + "<para>" * 1000, "200 deep"),
        ("a.usx", "<usx a='" + "x" * 2**21, "more than a million"),
        ("a.osis", "<osis><!--" + "x" * 2**21, "more than a million"),
        (
            "a.osis",
            "<osis>"
            + "".join(
                f"<verse osisID='X.{at // 900}.{at % 900}'>a</verse>" for at in range(60_100)
            ),
            "more than 60,000 verses",
        ),
        ("a.osis", "<osis><verse osisID='Gen.one'>x</verse></osis>", "is no verse"),
        (
            "a.xml",
            '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><osis>&c;</osis>',
            "declares an entity",
        ),
        (
            "a.xml",
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><usx>&b;</usx>',
            "declares an entity",
        ),
        ("a.xml", '<!DOCTYPE a SYSTEM "http://a.test/b.dtd"><osis>&b;</osis>', "no verse"),
    ],
)
def test_what_is_broken_is_named(tmp_path: Path, file: str, content: str, why: str) -> None:
    own.folder(tmp_path, "own", {file: content})
    assert why in refused(tmp_path)


def test_a_wrong_numbering_is_seen_by_the_verses_that_have_no_place(tmp_path: Path) -> None:
    psalms = "\\id PSA\n" + "".join(
        f"\\c {at}\n\\q1\n\\v {last} words\n" for at, last in enumerate([7, 13] + [99] * 30, 1)
    )
    own.folder(tmp_path, "own", {"a.usfm": psalms})
    said = refused(tmp_path)
    assert "32 verses are counted otherwise" in said
    assert "original" in said


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ("", "does not say what it is called"),
        ("id = ", "is no TOML"),
        (own.ABOUT.replace('licence = "CC0"', ""), "it does not say licence"),
        (own.ABOUT.replace("Ours", " "), "it does not say attribution"),
        (own.ABOUT.replace('"own"', '"Own Text"'), "small letters"),
        (own.ABOUT + 'numbering = "mine"', "no numbering 'mine'"),
        (own.ABOUT + 'author = "I"', "nothing is called author"),
    ],
)
def test_a_text_without_its_terms_is_not_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, about: str, why: str
) -> None:
    own.folder(tmp_path, "own", {"a.usfm": USFM}, about)
    assert list(texts.origins(tmp_path)) == []
    assert why in caplog.text
    assert 'licence = "Public domain"' in caplog.text  # how to mend it


def test_what_lies_about_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.usfm").write_text(USFM)
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 no zip")
    (tmp_path / ".hidden").mkdir()
    assert list(texts.origins(tmp_path)) == []
    assert "put it into a folder" in caplog.text
    assert "is no zip" in caplog.text
    assert list(texts.origins(tmp_path / "nowhere")) == list(texts.origins(None)) == []
    assert "No such file" in caplog.text


def test_one_that_is_broken_leaves_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = tmp_path / "texts"
    own.folder(home, "good", {"a.usfm": USFM})
    own.folder(home, "bad", {"a.usfm": "hello"}, own.ABOUT.replace('"own"', '"bad"'))
    own.folder(home, "same", {"a.usfm": USFM + "\\v 2 And"})
    (text,) = imports.kept(tmp_path / "kept", texts.origins(home))
    assert (text.about.id, len(text)) == ("own", 1)
    assert "has its id already" in caplog.text
    assert "is of no book" in caplog.text


def test_a_bomb_is_put_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "LONGEST", 2**20)
    own.zipped(tmp_path, "own.zip", {"a.osis": b"<osis>" + b" " * 2**24})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "more than 1 MB" in refused(tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_many_small_files_are_too_much_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST", 2**20)
    files = {f"{at}.usfm": USFM.replace("GEN", "TOB") + " " * 2**17 for at in range(10)}
    own.zipped(tmp_path, "own.zip", files)
    assert "all files together" in refused(tmp_path)
    monkeypatch.setattr(members, "MOST_FILES", 5)
    assert list(texts.origins(tmp_path)) == []


def test_a_zip_that_lies_of_its_sizes_or_is_damaged_is_refused(tmp_path: Path) -> None:
    path = own.zipped(tmp_path, "own.zip", {"a.usfm": USFM * 50})
    whole = path.read_bytes()
    at = whole.index(b"a.usfm") + len("a.usfm") + 8
    path.write_bytes(whole[:at] + bytes(b ^ 255 for b in whole[at : at + 20]) + whole[at + 20 :])
    assert "cannot be unpacked" in refused(tmp_path)


def test_names_that_lead_elsewhere_write_nothing(tmp_path: Path) -> None:
    home = tmp_path / "a" / "texts"
    own.zipped(home, "own.zip", {"../../evil.usfm": "x", "/a/b.usfm": USFM})
    with zipfile.ZipFile(home / "own.zip", "a") as archive:
        archive.writestr("__MACOSX/._a.usfm", b"\0\1")
    (origin,) = texts.origins(home)
    assert origin.take().verses == {1_001_001: "In the beginning"}
    assert sorted(it.name for it in tmp_path.rglob("*")) == ["a", "own.zip", "texts"]


def test_headings_without_words_do_not_heap_up(tmp_path: Path) -> None:
    said = "\\id GEN\n\\c 1\n" + "".join(f"\\s1 Heading {at}\n" for at in range(5_000))
    own.folder(tmp_path, "own", {"a.usfm": said + "\\p\n\\v 1 In the beginning\n"})
    (origin,) = texts.origins(tmp_path)
    text = packing.opened(packing.packed(origin.about, origin.take()))
    headings = text.margin.of(1_001_001).headings
    assert (len(headings), headings[-1].text) == (21, "Heading 4999")


def test_links_that_lead_out_of_a_folder_are_passed_by(tmp_path: Path) -> None:
    (tmp_path / "secret.usfm").write_text(USFM)
    path = own.folder(tmp_path / "texts", "own", {"a.usfm": ""})
    (path / "b.usfm").symlink_to(tmp_path / "secret.usfm")
    assert "no file of USFM" in refused(tmp_path / "texts")


@pytest.mark.parametrize("piece", ["\\f + ", "\\w a|", "\\v 1 ", "\\add ", "\\p ", "\\", "\\zx-s "])
def test_hostile_text_takes_time_in_proportion(tmp_path: Path, piece: str) -> None:
    own.folder(tmp_path, "own", {"a.usfm": "\\id GEN\n\\c 1\n" + piece * 50_000})
    (origin,) = texts.origins(tmp_path)
    with suppress(HostError):
        origin.take()
