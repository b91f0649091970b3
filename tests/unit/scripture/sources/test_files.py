"""USFM, USX and OSIS of one's own: the same verses out of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.annotations import Heading, Note
from rackhouse.services.scripture.model.cleaning import words
from rackhouse.services.scripture.model.composing import Composed
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.store import packing
from rackhouse.services.scripture.store.files import texts
from rackhouse.services.scripture.store.markup import usfm
from rackhouse.services.scripture.store.markup.collecting import Collector
from unit.scripture.sources import own

TEXT = {
    43_003_015: "that everyone who believes in him has eternal life.",
    43_003_016: "For God so loved the world that he gave.",
    43_003_017: "Both.",
    43_003_019: "one two three",
}


def only(home: Path) -> Translation:
    (origin,) = texts.origins(home)
    return packing.opened(packing.packed(origin.about, origin.take()))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("43-JHN.usfm", own.USFM),
        ("43-JHN.SFM", own.USFM.replace("\n", "\r\n")),
        ("43-JHN.usfm", b"\xef\xbb\xbf" + own.USFM.encode()),
        ("43-JHN.usfm", own.USFM.encode("utf-16")),
        ("JHN.usx", own.USX),
        ("release/USX_1/JHN.xml", own.USX),
        ("own.osis", own.CONTAINERS),
        ("own.xml", own.MILESTONES),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_each_format_says_the_same(
    tmp_path: Path, name: str, content: str | bytes, zipped: bool
) -> None:
    if zipped:
        own.zipped(tmp_path, "own.zip", {name: content, "readme.txt": "hello"})
    else:
        own.folder(tmp_path, "own", {name: content, "readme.txt": "hello"})
    text = only(tmp_path)
    assert {each.id: each.text for each in text} == TEXT
    one, other = text.margin.of(43_003_015), text.margin.of(43_003_016)
    assert one.notes == (Note(13, "Or all"), Note(33, "Gen 1:1", "cross"))
    assert one.headings == (Heading(0, "He Came"),)
    assert other.headings == (Heading(0, "Love"),)
    assert other.notes == (Note(26, "kosmos"),)
    assert text.margin.strong("G166") == {43_003_015: ("eternal",)}
    assert text.margin.number(43_003_017) == text.margin.number(43_003_018) == "JHN 3:17-18"
    assert text.about.licence.attribution == "Ours"


def test_words_within_other_marks_have_their_own_numbers(tmp_path: Path) -> None:
    """As eBible.org writes the words of Jesus."""
    said = (
        '\\id JHN\n\\c 11\n\\p\n\\v 35 \\wj \\+w Jesus|strong="G2424"\\+w* '
        '\\+w wept|lemma="x" strong="G1145"\\+w*.\\wj*\\f + \\fr 11:35 \\ft Or '
        '\\+wh tears|x\\+wh* \\w fell|strong="G1"\\w*\\f* \\w And\\w* \\w more|x-y="1"\\w*\n'
    )
    own.folder(tmp_path, "own", {"a.usfm": said})
    text = only(tmp_path)
    (verse,) = text
    assert verse.text == "Jesus wept. And more"
    beside = text.margin.of(verse.id)
    told = [(verse.text[it.start : it.end], it.strongs) for it in beside.words]
    assert told == [("Jesus", ("G2424",)), ("wept", ("G1145",))]
    assert beside.notes == (Note(11, "Or tears fell"),)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("\\v 1 one \\ts\\* two", "one two"),
        ('\\v 1 \\qt1-s |sid="a" who="b"\\*one\\qt1-e |eid="a"\\* two', "one two"),
        ("\\v 1\n\\tr \\th1 one\\tc2-3 two\\tcr4 three", "one two three"),
        ("\\v 1 \\vp 1b\\vp*one \\ca 2\\ca* two", "one two"),
        ('\\v 1 \\rb one|gg="x"\\rb* two\\rq Gen 1\\rq*', "one two"),
        ("\\v 1 one\n\\s5\n\\p\n two", "one two"),
        ("\\v 1 one\n\\b\n\\li1 two\\qs Selah\\qs*", "one two Selah"),
        ("\\v 1 one\\x - \\xo 1:1 \\xt Ps 1|PSA 1\\xt*\\x* two", "one two"),
        ("\\v 1 one\\fig A|a.jpg|col|||b|1:1\\fig* two", "one two"),
        ("\\v 1 one\n\\rem a remark\n\\p two", "one two"),
        ("\\v 1 one \\unknown two\\unknown* \\zmine x\\zmine* three", "one two three"),
        ('\\v 1 \\w one|x-tw="rc://*/kt/god" a="b~c"\\w* two', "one two"),
        ('\\v 1 \\em one|link-href="http://a.example/"\\em*//two', "one two"),
        ('\\v 1 \\jmp |link-id="a//b"\\jmp*one~two', "one two"),
        (
            "\\v 1 one\n\\esb \\cat People\\cat*\n\\ms A\n\\p John. \\v 9 x\n\\esbe\n\\p two",
            "one two",
        ),
        ("\\v\u00a01 one", "one"),
        ("\\v 1\u200f one", "one"),
    ],
)
def test_markers_of_all_kinds(tmp_path: Path, said: str, wanted: str) -> None:
    own.folder(tmp_path, "own", {"a.usfm": f"\\id GEN\n\\c 1\n\\p\n{said}\n"})
    assert [each.text for each in only(tmp_path)] == [wanted]


def test_verses_go_by_our_numbers(tmp_path: Path) -> None:
    about = own.ABOUT + 'numbering = "original"\n'
    psalm = "\\id PSA\n\\c 3\n\\d\n\\v 1 A Psalm.\n\\q1\n\\v 2 LORD, how many\n"
    joel = "\\id JOL\n\\c 3\n\\p\n\\v 1 I will pour out\n"
    tobit = "\\id TOB\n\\c 1\n\\p\n\\v 1 The book\n"
    own.folder(tmp_path, "own", {"p.usfm": psalm, "j.usfm": joel, "t.usfm": tobit}, about)
    text = only(tmp_path)
    assert {it.id: it.text for it in text} == {
        19_003_001: "LORD, how many",
        29_002_028: "I will pour out",
    }
    assert text.margin.of(19_003_001).headings == (Heading(0, "A Psalm.", "psalm"),)


PSALM = {
    "p.usfm": "\\id PSA\n\\c 3\n\\s1 Deliver Me\n"
    "\\d \\v 1 A Psalm\\f + \\ft Or song\\f* of David.\n"
    "\\q1 LORD, how many\n\\q2 \\v 2 Many say\n",
    "p.usx": '<usx version="3.0"><book code="PSA" style="id"/><chapter number="3" style="c"/>'
    '<para style="s1">Deliver Me</para><para style="d"><verse number="1" style="v"/>A Psalm'
    '<note caller="+" style="f"><char style="ft">Or song</char></note> of David.</para>'
    '<para style="q1">LORD, how many</para><para style="q2"><verse number="2" style="v"/>Many say'
    "</para></usx>",
}


@pytest.mark.parametrize("name", list(PSALM))
def test_a_title_within_its_verse_is_no_word_of_it(tmp_path: Path, name: str) -> None:
    """As the Berean Standard Bible has it."""
    own.folder(tmp_path, "own", {name: PSALM[name]})
    text = only(tmp_path)
    assert {it.id: it.text for it in text} == {19_003_001: "LORD, how many", 19_003_002: "Many say"}
    beside = text.margin.of(19_003_001)
    assert beside.headings == (Heading(0, "Deliver Me"), Heading(0, "A Psalm of David.", "psalm"))
    assert beside.notes == (Note(0, "Or song"),)


@pytest.mark.parametrize(
    ("numbering", "verses"),
    [("english", {19_003_001: "A Psalm.", 19_003_002: "How"}), ("original", {19_003_001: "How"})],
)
def test_a_title_that_is_a_verse_of_its_own_is_that_verse(
    tmp_path: Path, numbering: str, verses: dict[int, str]
) -> None:
    about = f'{own.ABOUT}numbering = "{numbering}"\n'
    said = "\\id PSA\n\\c 3\n\\d \\v 1 A Psalm.\n\\q1 \\v 2 How\n"
    own.folder(tmp_path, "own", {"p.usfm": said}, about)
    text = only(tmp_path)
    assert {it.id: it.text for it in text} == verses
    titles = [it.text for it in text.margin.of(19_003_001).headings]
    assert titles == ["A Psalm."] * (numbering == "original")


def test_a_sidebar_of_usx_is_none_of_the_text(tmp_path: Path) -> None:
    said = (
        '<usx version="2.6"><book code="GEN" style="id"/><chapter number="1" style="c"/>'
        '<para style="p"><verse number="1" style="v"/>one</para><sidebar style="esb">'
        '<para style="ms">A</para><para style="p">John.</para></sidebar>'
        '<para style="p">two</para></usx>'
    )
    own.folder(tmp_path, "own", {"a.usx": said})
    assert [each.text for each in only(tmp_path)] == ["one two"]


def test_what_it_is_called_may_stand_beside_a_zip(tmp_path: Path) -> None:
    own.zipped(tmp_path, "own.zip", {"a.usfm": own.USFM}, about="")
    (tmp_path / "own.toml").write_text(own.ABOUT)
    assert only(tmp_path).about.id == "own"


def test_other_bytes_are_another_text(tmp_path: Path) -> None:
    path = own.folder(tmp_path, "own", {"a.usfm": own.USFM})
    (before,) = texts.origins(tmp_path)
    assert next(texts.origins(tmp_path)).made_of == before.made_of
    (path / "a.usfm").write_text(own.USFM.replace("Both", "Two"))
    assert next(texts.origins(tmp_path)).made_of != before.made_of


PIECES = [
    "so",
    "loved",
    "\\add the\\add*",
    "\\nd Lord\\nd*",
    '\\w world|strong="G1"\\w*',
    '\\w world|strong="n" n="n//n~n"\\w*',
    "~",
    "//",
]
PIECES += ["\\f + \\fr 1:1 \\ft note\\f*", "\n\\q1 ", "\n\\p ", "\\qs Selah\\qs*", ","]
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=20))
def test_no_word_of_a_verse_is_lost_or_glued(verses: list[list[str]]) -> None:
    said = {at: " ".join(parts) for at, parts in enumerate(verses, 1)}
    file = "\\id GEN\n\\c 1\n\\p\n" + "".join(f"\\v {at} {it}\n" for at, it in said.items())
    found: dict[int, str] = {}

    def put(place: tuple[str, int, int], _: int, composed: Composed) -> None:
        found[place[2]] = composed.text

    to = Collector(put)
    usfm.read(file, to)
    assert not to.faults
    plain = {"add", "nd", "w", "f", "fr", "ft", "q1", "p", "qs", "strong", "G1", "note", "1", "n"}
    for at, parts in said.items():
        wanted = [it for it in words(parts.replace("\n", " ")) if it not in plain]
        assert words(found[at]) == wanted


@given(st.text(alphabet='\\vcpfxwid*+|"= \n1234GENabc~/-', max_size=300))
def test_anything_is_read_as_something(said: str) -> None:
    to = Collector(lambda *_: None)
    usfm.read(said, to)
    assert to.taken_out == 0
