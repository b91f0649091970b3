"""The set of natural questions: well-formed, of verses that there are, and split as is told."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.store import imports
from rackhouse.services.scripture.store.sources import SOURCES

FOLDER = Path(__file__).parents[2] / "retrieval"
HALVES = ("open", "closed")
COUNTS = {
    "paraphrase": 53,
    "story": 49,
    "topic": 49,
    "half-remembered": 36,
    "unanswerable": 27,
    "misspelt": 26,
    "direct": 16,
}
# Words that say nothing by themselves, as far as the paraphrases have them.
SMALL = (
    "a against an and any are as be being by can could do down each for from having he him his "
    "how i if in is it me might more most must my no not of on or out over such t than the "
    "there they to too up us was what when who will with won you your "
)


@pytest.fixture(scope="module", name="halves")
def _halves() -> dict[str, list[dict[str, Any]]]:
    return {half: _lines(FOLDER / f"questions_{half}.jsonl") for half in HALVES}


@pytest.fixture(scope="module", name="questions")
def _questions(halves: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [each for half in HALVES for each in halves[half]]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_each_line_has_the_fields_that_are_told(questions: list[dict[str, Any]]) -> None:
    for each in questions:
        assert set(each) - {"note"} == {"qid", "query", "kind", "grades"}, each
        assert re.fullmatch(r"n\d{3}", each["qid"])
        assert each["query"] == " ".join(each["query"].split())
        assert set(each["grades"].values()) <= {1, 2, 3}


def test_there_are_as_many_of_each_kind_as_the_page_says(questions: list[dict[str, Any]]) -> None:
    assert Counter(each["kind"] for each in questions) == COUNTS


def test_each_verse_is_in_the_canon(questions: list[dict[str, Any]]) -> None:
    canon = set(Range(BOOKS[0].first(), BOOKS[-1].last()).verses())
    for each in questions:
        for verse in each["grades"]:
            assert verse == str(int(verse))
            assert int(verse) in canon, (each["qid"], verse)


def test_what_can_be_answered_is_answered_directly(questions: list[dict[str, Any]]) -> None:
    for each in questions:
        if each["kind"] == "unanswerable":
            assert each["grades"] == {}, each["qid"]
        else:
            assert 3 in each["grades"].values(), each["qid"]


def test_no_question_is_there_twice(questions: list[dict[str, Any]]) -> None:
    for of in (lambda each: each["qid"], lambda each: _words(each["query"])):
        assert [key for key, n in Counter(map(of, questions)).items() if n > 1] == []


def test_the_number_decides_the_half(halves: dict[str, list[dict[str, Any]]]) -> None:
    for half, lines in halves.items():
        for each in lines:
            digit = hashlib.sha256(each["qid"].encode()).hexdigest()[0]
            assert half == ("open" if int(digit, 16) < 8 else "closed"), each["qid"]
    assert all(len(lines) > 100 for lines in halves.values())


def test_a_paraphrase_shares_no_word_with_its_answer(questions: list[dict[str, Any]]) -> None:
    held = [
        {verse.id: set(_words(verse.text)) for verse in imports.taken(source)} for source in SOURCES
    ]
    for each in questions:
        if each["kind"] == "paraphrase":
            asked = set(_words(each["query"])) - set(SMALL.split())
            answers = [int(verse) for verse, grade in each["grades"].items() if grade == 3]
            for texts in held:
                shared = {word for verse in answers for word in asked & texts.get(verse, set())}
                assert not shared, (each["qid"], shared)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", text.lower()))
