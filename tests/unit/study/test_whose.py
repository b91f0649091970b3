"""What is asked of somebody is told of him, or it is apart from him."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.study.model.evidence import Evidence, How, Passage, Verse, Why, Words
from rackhouse.services.study.model.whose import apart

SAMUEL = "And Samuel said unto the people, Fear not."
HORSE = "An horse is a vain thing for safety, and some are wild."
BOTH = "Samuel saw a wild horse."


def evidence(*texts: str) -> Evidence:
    return Evidence(
        passages=tuple(
            Passage(
                reference="",
                code="",
                first=at,
                last=at,
                texts=(Words(translation="kjv", verses=(Verse(id=at, text=text),)),),
                why=Why(how=How.SEARCHED),
            )
            for at, text in enumerate(texts, 1)
        )
    )


@pytest.mark.parametrize(
    ("question", "texts", "share"),
    [
        ("how Samuel tamed a wild horse", (SAMUEL, HORSE), 1.0),
        ("samuel and the wild horse", (SAMUEL, HORSE), 1.0),
        ("Samuel and the wild horse", (SAMUEL, HORSE, BOTH), 0.0),
        ("a wild horse", (SAMUEL, HORSE), 0.0),  # of nobody
        ("Samuel", (SAMUEL,), 0.0),  # nothing else is asked
        ("", (SAMUEL,), 0.0),
    ],
)
def test_how_much_of_it_no_passage_about_him_has(
    question: str, texts: tuple[str, ...], share: float
) -> None:
    assert apart(question, evidence(*texts)) == share


@given(st.text(), st.lists(st.text(), max_size=3))
def test_it_is_a_share(question: str, texts: list[str]) -> None:
    assert 0.0 <= apart(question, evidence(*texts)) <= 1.0
