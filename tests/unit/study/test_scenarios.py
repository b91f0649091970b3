"""The tables of tests/scenarios/study: what follows on what, what is remembered and requested."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.study.model.following import resolved, topic
from rackhouse.services.study.model.remembering import MOST, told
from rackhouse.services.study.model.requested import requested
from rackhouse.services.study.model.tools import read

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


@pytest.mark.parametrize(("question", "reference", "call"), table("requested.yaml"))
def test_what_is_asked_for_by_its_kind(
    question: str, reference: str, call: tuple[str, str] | None
) -> None:
    found = requested(question, reference)
    if call is None:
        assert found is None
        return
    tool, value = call
    key = {"word_study": "number", "topic": "subject"}.get(tool, "reference")
    assert found == read(tool, json.dumps({key: value}))


@given(st.text(max_size=200), st.sampled_from(["", "John 3:16"]))
def test_whatever_is_asked_for_is_a_call_that_can_be_made(question: str, reference: str) -> None:
    found = requested(f"topic: {question} G{len(question)} strong's", reference)
    assert found is None or msgspec.convert(msgspec.to_builtins(found), type(found)) == found


@given(st.text(max_size=400))
def test_any_message_is_read(message: str) -> None:
    facts, _ = told(message)
    assert len(facts) <= MOST
    assert all(fact in message.replace("\u2019", "'") for fact, _ in facts)
