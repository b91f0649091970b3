"""The texts that come with the service, every verse of them."""

from __future__ import annotations

import ast
import re
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from rackhouse.services.scripture.model.canon.books import BOOKS, BY_CODE
from rackhouse.services.scripture.model.cleaning import words
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.store import imports, package, packing, splits, texts
from rackhouse.services.scripture.store.drafts import Taken
from rackhouse.services.scripture.store.sources import SOURCES
from rackhouse.services.scripture.store.texts import Kept

EVERYTHING = Range(BOOKS[0].first(), BOOKS[65].last())
ABSENT = [40_017_021, 40_018_011, 40_023_014, 41_007_016, 41_009_044, 41_009_046, 41_011_026]
ABSENT += [41_015_028, 42_017_036, 42_023_017, 43_005_004, 44_008_037, 44_015_034, 44_024_007]
ABSENT += [44_028_029, 45_016_024]  # which the American Standard Version has in its margin
SPLIT = {BY_CODE[book].first(chapter, verse) for book, chapter, verse in splits.KJV}


@pytest.fixture(scope="module")
def held() -> dict[str, Translation]:
    return {source.about.id: imports.taken(source) for source in SOURCES}


def test_each_verse_of_the_canon_is_there(held: dict[str, Translation]) -> None:
    kjv, asv = ({each.id for each in held[id]} for id in ("kjv", "asv"))
    assert kjv == set(EVERYTHING.verses())
    assert kjv - asv == set(ABSENT)
    assert asv < kjv
    assert len(kjv) + len(asv) > 62_000


def test_words_are_those_of_the_package_and_none_is_glued(held: dict[str, Translation]) -> None:
    for source in SOURCES:
        spec = find_spec(source.package)
        assert spec
        assert spec.submodule_search_locations
        file = Path(spec.submodule_search_locations[0], "plain_text_readers_bible.py")
        call = next(
            it for it in ast.parse(file.read_bytes()).body if isinstance(it, ast.Assign)
        ).value
        assert isinstance(call, ast.Call)
        text, starts, ends = (ast.literal_eval(each) for each in call.args[1:4])
        for verse in held[source.about.id]:
            told, own = words(text[starts[verse.id] : ends[verse.id]]), words(verse.text)
            assert told == own or (verse.id in SPLIT and "".join(told) == "".join(own))


def test_no_word_is_left_in_pieces(held: dict[str, Translation]) -> None:
    """Each of them is one word, which the same text or the other has elsewhere too."""
    (kjv,) = (source for source in SOURCES if source.about.id == "kjv")
    told, before = {it.id: it.text for it in held["kjv"]}, package.verses_of(kjv.package)
    known = Counter(
        it.lower() for text in held.values() for verse in text for it in words(verse.text)
    )
    for (book, chapter, verse), split in splits.KJV.items():
        id = BY_CODE[book].first(chapter, verse)
        word = split.replace(" ", "")
        assert told[id] == re.sub(rf"\b{split}\b", word, before[id]) != before[id]
        assert known[word.lower()] > 1, word
    assert len({id for id, text in told.items() if text != before[id]}) == len(splits.KJV)


@pytest.mark.parametrize("wrong", [r"[\[\]\n{}<>]", r"\s\s", r"^\s|\s$", r"\(\s|\s\)", r"\w\("])
def test_no_mark_of_the_edition_is_left(held: dict[str, Translation], wrong: str) -> None:
    pattern = re.compile(wrong)
    assert not [each for text in held.values() for each in text if pattern.search(each.text)]


@pytest.mark.parametrize("wrong", [r"[a-z][A-Z]", r"[,.;:?!][A-Za-z(]", r"\w- |[^\W\d_]\d"])
def test_no_words_run_together(held: dict[str, Translation], wrong: str) -> None:
    pattern = re.compile(wrong)
    assert not [each for text in held.values() for each in text if pattern.search(each.text)]


def test_verses_that_everybody_knows(held: dict[str, Translation]) -> None:
    def said(text: str, verse: int) -> str:
        return next(held[text].within(Range(verse, verse))).text

    assert said("kjv", 1_001_001) == "In the beginning God created the heaven and the earth."
    assert said("kjv", 43_011_035) == said("asv", 43_011_035) == "Jesus wept."
    assert said("kjv", 43_003_016).startswith("For God so loved the world, that he gave his only")
    assert said("asv", 19_023_001) == "Jehovah is my shepherd; I shall not want."


def test_the_file_is_read_and_checked_within_a_second(
    held: dict[str, Translation], tmp_path: Path
) -> None:
    verses = [Taken({each.id: each.text for each in held[it.about.id]}) for it in SOURCES]
    some = [
        Kept(source.about.id, "1", packing.packed(source.about, taken))
        for source, taken in zip(SOURCES, verses, strict=True)
    ]
    texts.write(tmp_path, some)
    began = time.process_time()
    read = texts.opened(tmp_path, texts.read(tmp_path))
    assert time.process_time() - began < 1
    assert [each.digest for each in read] == [each.digest for each in SOURCES]
