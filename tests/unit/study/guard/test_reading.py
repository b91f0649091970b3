"""Words as they are compared, and the references that a sentence has."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fakes.quotations.held import references, texts
from rackhouse.services.study.model.guard.align import Pair, aligned
from rackhouse.services.study.model.guard.books import written
from rackhouse.services.study.model.guard.mentions import Mentions
from rackhouse.services.study.model.guard.normalise import bare, clean, words

SCENARIOS = Path(__file__).parents[3] / "scenarios" / "scripture"


@given(st.text(max_size=120))
def test_each_place_leads_back(text: str) -> None:
    plain = clean(text)
    for word in words(plain.text):
        start, end = plain.start(word.start), plain.end(word.end)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "said",
    [
        "For God so loved",
        "FOR GOD\nSO \u2014 LOVED!",
        "F\u200bor G\u00ado\u0301d s\u043e lov\u0435d",
        "\uff26\uff4f\uff52 God so loved",
        "**For** _God_ so l*ov*ed",
        "For&nbsp;God so&#32;loved",
        "<i>For</i> God \u00b9\u2076so loved",
        "\U0001d405\U0001d428\U0001d42b G0d so l0ved",
    ],
)
def test_what_only_looks_different_is_the_same(said: str) -> None:
    assert bare(said) == ["for", "god", "so", "loved"]


def _probes() -> list[tuple[str, str | None]]:
    # `Jude 1, 3` is verses, or a chapter and a verse of it.
    files = [SCENARIOS / "facts.yaml", SCENARIOS / "forms.yaml"]
    rows = [row for file in files for row in yaml.safe_load(file.read_text())]
    return [(row[0], row[1]) for row in rows if len(row) == 2 and row[0] != "Jude 1, 3"]


def test_it_sees_no_verse_where_the_reader_sees_another() -> None:
    """Its own reading may see less, and more of a list, and no verse elsewhere."""
    own, theirs = Mentions(texts(), references), references
    for text, _ in _probes():
        seen = {span for each in own(clean(f"See {text}.").text) for span in each.ranges}
        there = {span for _, _, spans in theirs(f"See {text}.") for span in spans}
        assert (
            all(any(a <= two and one <= b for a, b in there) for one, two in seen) or not there
        ), text


@pytest.mark.parametrize(
    "text",
    [
        "John 3:99", "Psalm 151", "Psalm 151:1", "Ps. 152:3", "Romans 17:1", "Genesis 1:1-99",
        "Hezekiah 3:16", "2 Opinions 3:4", "3 Corinthians 1:1", "Tobit 4:7", "the 151st Psalm",
        "Psalm CLI", "Psalm one hundred fifty-one", "verse 99 of John 3", "John chapter 3 verse 99",
        "John 3:16, 99",
    ],
)  # fmt: skip
def test_verses_that_there_are_not(text: str) -> None:
    for seam in (None, references):
        found = Mentions(texts(), seam)(f"We read in {text}.")
        assert any(not each.ranges for each in found), found


@pytest.mark.parametrize(
    "text", ["At 10:30 we met", "is 53 enough", "He won 3:1", "ratio 4:3", "at 3:16 pm"]
)
def test_what_is_no_reference(text: str) -> None:
    assert not Mentions(texts(), references)(text)


def test_how_verses_are_written() -> None:
    assert written(43_003_016, 43_003_016) == "John 3:16"
    assert written(62_004_008, 62_004_010) == "1 John 4:8-10"
    assert written(22_001_001, 22_002_001) == "Song of Solomon 1:1-2:1"
    assert written(1_050_026, 2_001_001) == "Genesis 50:26 - Exodus 1:1"


@given(st.lists(st.integers(0, 30), min_size=6, max_size=40, unique=True), st.data())
def test_one_change_is_stepped_over(text: list[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(2, len(text) - 3))
    way = data.draw(st.sampled_from(["swap", "drop", "add"]))
    said = {
        "swap": [*text[:at], 99, *text[at + 1 :]],
        "drop": [*text[:at], *text[at + 1 :]],
        "add": [*text[:at], 99, *text[at:]],
    }[way]
    # Wherever it begins: beside the change too.
    begin = data.draw(st.integers(0, len(said) - 1).filter(lambda it: said[it] != 99))
    found = aligned(Pair(said, text, frozenset()), begin, text.index(said[begin]))
    assert (found.start, found.end, found.first, found.last) == (0, len(said), 0, len(text))
    assert found.changes == 1
    assert found.matched == len(text) - (way != "add")
    for run in found.runs:
        told = said[run.start : run.start + run.size]
        assert told == text[run.place : run.place + run.size]
