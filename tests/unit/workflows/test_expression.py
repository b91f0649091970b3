"""Expressions: what can be read, and what is known of their worth before the run."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.workflows.evaluate import (
    UNKNOWN,
    evaluate,
    facts,
    filled,
    of_combination,
    surely_false,
)
from rackhouse.workflows.expression import parse, spans

TAG = facts(event="push", ref="refs/tags/v1.2", default_branch="main", repository="ada/shop")


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("1", 1.0),
        ("-2.5e1", -25.0),
        ("0xff", 255.0),
        ("'it''s'", "it's"),
        ("null", None),
        ("!true", False),
        ("!!'x'", True),
        ("1 < 2 && 2 >= 2", True),
        ("'Main' == 'main'", True),
        ("'1' == 1", True),
        ("'x' == 0", False),
        ("null == 0", True),
        ("true || false && false", True),
        ("(true || false) && false", False),
        ("'' || 'default'", "default"),
        ("github.ref", "refs/tags/v1.2"),
        ("gitea.ref_name", "v1.2"),
        ("github['event_name']", "push"),
        ("GitHub.Ref_Type", "tag"),
        ("github.event.repository.default_branch", "main"),
        ("startsWith(github.ref, 'refs/tags/')", True),
        ("endsWith(github.ref, '.3')", False),
        ("contains('a-B-c', 'b')", True),
        ("github.repository == 'someone/else'", False),
        ("always()", True),
        ("success()", UNKNOWN),
        ("success() && false", False),
        ("false && success()", False),
        ("success() || true", True),
        ("success() && true", UNKNOWN),
        ("secrets.TOKEN", UNKNOWN),
        ("secrets.TOKEN == ''", UNKNOWN),
        ("github[env.KEY]", UNKNOWN),
        ("fromJSON('[1]')", UNKNOWN),
        ("needs.*.result", UNKNOWN),
        ("github.event.commits[0].id", UNKNOWN),
    ],
)
def test_worth(text: str, worth: object) -> None:
    assert evaluate(parse(text), TAG) == worth


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ends too early"),
        ("a &&", "ends too early"),
        ("a b", "has 'b' where it should end"),
        ('github.ref == "x"', "in double quotes"),
        ("'open", "not closed"),
        ("f(1", "where ',' is expected"),
        ("(1", "its end where ')'"),
        ("a.", "a dot without a name"),
        ("a[1", "where ']' is expected"),
        ("a & b", "'&', which means nothing"),
        ("= 1", "'=', which means nothing"),
        (") 1", "')' in place of a value"),
        ("!" * 500 + "1", "nested over"),
        ("(" * 500, "nested over"),
        ("a[" * 500, "nested over"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse(text)


@given(st.text(alphabet="ab.()[]'!&|=<> 1,*{}$", max_size=30))
def test_any_text_is_a_tree_or_a_sentence(text: str) -> None:
    with contextlib.suppress(ValueError):
        evaluate(parse(text), TAG)
    assert surely_false(text, TAG) in {True, False}
    assert filled(text, {}) is None or "${{" not in text or "}}" in text


def test_an_expression_ends_after_its_texts() -> None:
    text = "a ${{ format('}}') }} b ${{ c }}"
    assert [text[begin:end] for begin, end in spans(text)] == ["${{ format('}}') }}", "${{ c }}"]
    with pytest.raises(ValueError, match="without its"):
        list(spans("${{ a }"))


def test_a_text_is_filled_with_a_combination() -> None:
    here = of_combination({"os": "linux", "db": '{"version": "16", "tags": ["a"]}', "slow": "true"})
    assert filled("py-${{ matrix.os }}-${{ matrix.db.version }}", here) == "py-linux-16"
    assert filled("${{ matrix.none || 'else' }}", here) == "else"
    assert filled("${{ matrix.slow && 'yes' || 'no' }}", here) == "yes"
    assert filled("${{ matrix.db }}", here) is None
    assert filled("${{ github.actor }}", here) is None
    assert filled("${{ matrix.os }}", {}) is None


def test_what_is_surely_false() -> None:
    assert surely_false("${{ github.event_name == 'schedule' }}", TAG)
    assert surely_false("github.ref == 'refs/heads/main' && success()", TAG)
    assert not surely_false("", TAG)
    assert not surely_false("failure()", TAG)
    assert not surely_false("this is (no expression", TAG)
