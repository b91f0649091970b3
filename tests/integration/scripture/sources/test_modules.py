"""The modules of SWORD that Debian has: every verse, where it belongs, with its words apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from integration.scripture.sources.conftest import SWORD
from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.canon.numbering import numbering
from rackhouse.services.scripture.model.cleaning import words
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.store import imports
from rackhouse.services.scripture.store.sword import bibles, canon
from rackhouse.services.scripture.store.sword import modules as found
from rackhouse.services.scripture.store.sword.verses import slots

# What a fresh machine has are the packages: modules are installed for slow tests.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("scripture-modules")]
Modules = Mapping[str, Translation]
EVERYTHING = set(Range(BOOKS[0].first(), BOOKS[65].last()).verses())
# What a text leaves out, or joins with the verse before.
ABSENT = {
    "kjv-strong": "",
    "web": "Luk 17:36; Act 8:37; 15:34; 24:7",
    "rv1909": "2 Sam 20:26; 2 Chr 33:11; Job 35:16; Act 19:41; 2 Cor 13:13",
}


def ids(said: str) -> set[int]:
    return {id for each in parse(said).ranges for id in each.verses()} if said else set()


def said(modules: Modules, text: str, reference: str) -> str:
    (verses,) = parse(reference).ranges
    return " ".join(each.text for each in modules[text].within(verses))


def test_every_verse_is_there_but_those_that_the_text_leaves_out(modules: Modules) -> None:
    assert [*modules] == ["kjv", "asv", *ABSENT]
    for id, absent in ABSENT.items():
        assert EVERYTHING - {each.id for each in modules[id]} == ids(absent), id


def test_words_are_those_of_the_other_edition(modules: Modules) -> None:
    """The package and the module were made by different people; in both, words were in pieces."""
    one, other = ({it.id: words(it.text) for it in modules[id]} for id in ("kjv", "kjv-strong"))
    assert [id for id in one if one[id] != other[id]] == []


def test_a_word_made_whole_has_the_numbers_of_both_its_pieces(modules: Modules) -> None:
    text = modules["kjv-strong"]
    (verse,) = text.within(Range(58_004_016, 58_004_016))
    told = {verse.text[it.start : it.end]: it.strongs for it in text.margin.of(verse.id).words}
    assert told["boldly"] == ("G3954", "G3326")
    assert (told["throne"], told["need"]) == (("G2362",), ("G2121",))
    assert text.margin.strong("G3954")[verse.id] == ("boldly",)


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [
        ("Gen 1:1", "In the beginning, God created the heavens and the earth."),
        ("Jn 3:16", "For God so loved the world, that he gave his only born Son, that whoever"),
        ("Jn 11:35", "Jesus wept."),
        (
            "3 Jn 14",
            "but I hope to see you soon. Then we will speak face to face. Peace be to you.",
        ),
        ("Rom 16:27", "to the only wise God, through Jesus Christ, to whom be the glory forever!"),
        ("Rom 14:23", "But he who doubts is condemned if he eats, because it isn\u2019t of faith;"),
        ("Ps 3:1", "Yahweh, how my adversaries have increased! Many are those who rise up"),
    ],
)
def test_a_note_that_is_taken_out_glues_nothing(
    modules: Modules, reference: str, wanted: str
) -> None:
    assert said(modules, "web", reference).startswith(wanted)


def test_over_all_of_it_no_two_words_are_glued(modules: Modules) -> None:
    (conf,) = (it for it in found.found([SWORD]) if it.name == "engWEB2015eb")
    beside = re.compile(r"([^\W_]+)(?:</\w+>)*<note.*?</note>(?:<[^n/][^>]*>)*([^\W_]+)")
    text = {each.id: each.text for each in modules["web"]}
    count = 0
    for testament in ("ot", "nt"):
        places = list(canon.places("nrsva", testament))
        for place, (_, content) in zip(places, slots(conf, testament, len(places)), strict=True):
            for before, after in beside.findall(content.decode()):
                if place[0] and place[2]:
                    (verse,) = numbering("english").ours(place)
                    assert re.search(rf"\b{before}\W{{1,3}}{after}\b", text[verse])
                    count += 1
    assert count > 120
    assert not [it for it in text.values() if re.search(r"[a-z][A-Z]|[,;!?][A-Za-z(]", it)]


@pytest.mark.parametrize("wrong", [r"[\n{}<>\\\u00b6]", r"\s\s", r"^\s|\s$", r"\(\s|\s\)"])
def test_no_mark_of_the_edition_is_left(modules: Modules, wrong: str) -> None:
    pattern = re.compile(wrong)
    some = [it.text for id in ABSENT for it in modules[id] if pattern.search(it.text)]
    assert not some


def test_the_spanish_text_stands_where_its_words_belong(modules: Modules) -> None:
    """Its module counts otherwise than it says: the words of the first languages tell."""
    one, other = modules["kjv-strong"], modules["rv1909"]
    wrong = set()
    for verse in other:
        here = {it for word in other.margin.of(verse.id).words for it in word.strongs}

        def alike(id: int, here: set[str] = here) -> float:
            there = {it for word in one.margin.of(id).words for it in word.strongs}
            return len(here & there) / (len(here | there) or 1)

        if alike(verse.id) < 0.25 and max(alike(verse.id - 1), alike(verse.id + 1)) > 0.6:
            wrong.add(verse.id)
    assert len(wrong) <= 2
    assert said(modules, "rv1909", "Job 38:39").startswith("\u00bfCAZAR\u00c1S t\u00fa la presa")
    assert said(modules, "rv1909", "Jonah 2:10").startswith("Y mand\u00f3 Jehov\u00e1 al pez")
    (verse,) = parse("Jonah 1:17").ranges
    assert other.margin.number(verse.first) == "JON 2:1"


@pytest.mark.parametrize("id", ["web", "asv"])
def test_english_verses_are_most_like_those_of_their_own_number(modules: Modules, id: str) -> None:
    def told(text: str) -> dict[int, set[str]]:
        return {it.id: {word[:5].lower() for word in words(it.text)} for it in modules[text]}

    one, other = told("kjv"), told(id)
    common = {
        word
        for word, count in Counter(it for kept in one.values() for it in kept).items()
        if count > 600
    }

    def alike(here: int, there: int) -> float:
        left, right = other[here] - common, one.get(there, set()) - common
        return len(left & right) / (len(left | right) or 1)

    # In Numbers 33, Matthew 23, Philippians 1 and 1 John 5 the text itself has another order.
    wrong = [
        verse
        for verse in other
        if max(alike(verse, verse - 1), alike(verse, verse + 1)) > alike(verse, verse) + 0.3
    ]
    assert len(wrong) < 10


def test_words_stand_where_the_text_has_them(modules: Modules) -> None:
    text = modules["kjv-strong"]
    for verse in text:
        end = 0
        for word in text.margin.of(verse.id).words:
            assert end <= word.start < word.end <= len(verse.text)
            assert verse.text[word.start : word.end].strip() == verse.text[word.start : word.end]
            end = word.end
    assert not modules["web"].margin.has_words  # see store/sword/editions.py
    told = text.margin.strong("G26")
    assert ("charity",) in told.values()
    assert len(told) > 100


def test_notes_and_titles_are_beside_the_text(modules: Modules) -> None:
    web = modules["web"].margin
    (john,), (acts,), (psalm,) = (parse(it).ranges for it in ("Jn 3:16", "Act 8:37", "Ps 3:1"))
    (note,) = web.of(john.first).notes
    assert note.text.startswith("The phrase \u201conly born\u201d is from")
    assert said(modules, "web", "Jn 3:16")[: note.at].endswith("only born")
    assert web.of(acts.first).notes[0].text.startswith("TR adds Philip said")
    (title,) = web.of(psalm.first).headings
    assert (title.kind, title.text[:17]) == ("psalm", "A Psalm by David,")


def test_once_imported_they_are_read_from_the_file(modules: Modules, folder: Path) -> None:
    file = next(folder.iterdir())
    written = file.stat().st_mtime_ns
    again = imports.kept(folder, [*imports.packages(), *bibles.origins([SWORD])])
    assert [it.digest for it in again] == [it.digest for it in modules.values()]
    assert file.stat().st_mtime_ns == written


def test_the_terms_are_said(modules: Modules) -> None:
    assert "letters patent" in modules["kjv-strong"].about.licence.name
    assert "trademark" in modules["web"].about.licence.name
    assert modules["rv1909"].about.language == "es"
    assert all("SWORD module" in modules[id].about.licence.attribution for id in ABSENT)
