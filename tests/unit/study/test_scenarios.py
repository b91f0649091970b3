"""The tables of tests/scenarios/study: what follows on what, and what is remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.study.model.following import resolved, topic
from rackhouse.services.study.model.remembering import MOST, told

FOLDER = Path(__file__).parents[2] / "scenarios" / "study"


def table(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text())


@pytest.mark.parametrize(("question", "before", "about"), table("following.yaml"))
def test_what_a_question_leans_on(question: str, before: str, about: str) -> None:
    leans = about == "before"
    assert topic(question, before) == (before if leans else question)
    assert resolved(question, before) == (f"{question} ({before})" if leans else question)


@pytest.mark.parametrize(("message", "facts", "left"), table("remembering.yaml"))
def test_what_is_remembered(message: str, facts: list[str], left: str) -> None:
    found, rest = told(message)
    assert [fact for fact, _ in found] == facts
    assert rest == left
    assert all(sentence in message for _, sentence in found)


@given(st.text(max_size=400))
def test_any_message_is_read(message: str) -> None:
    facts, _ = told(message)
    assert len(facts) <= MOST
    assert all(fact in message.replace("\u2019", "'") for fact, _ in facts)
