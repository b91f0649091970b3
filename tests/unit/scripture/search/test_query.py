"""What is asked for, read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.model.search.query import LONGEST, Query, Term, read


def test_words_phrases_beginnings_and_what_must_not_be_there() -> None:
    assert read('Green "still waters" shepher* -sheep -"my flock" green') == Query(
        (Term(("green",)), Term(("still", "waters")), Term(("shepher",), prefix=True)),
        (Term(("sheep",)), Term(("my", "flock"))),
    )
    assert read("\u201ckingdom of heaven\u201d").terms == (Term(("kingdom", "of", "heaven")),)
    assert read('"never closed').terms == (Term(("never", "closed")),)
    assert read("lord's").terms == (Term(("lord", "s")),)
    assert read('"in the begin"*').terms == (Term(("in", "the", "begin"), prefix=True),)


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("", "shepher"),
        ("-only", "shepher"),
        ('"" * -', "shepher"),
        ("a" * (LONGEST + 1), "leave out"),
        (" ".join(f"w{at}" for at in range(40)), "leave out"),
    ],
)
def test_what_cannot_be_searched_says_what_can(said: str, fix: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read(said)
    assert fix in caught.value.fix
    assert caught.value.param == "q"


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        told = read(text)
    except BadRequest:
        return
    assert told.terms
    assert all(word for term in (*told.terms, *told.without) for word in term.words)
