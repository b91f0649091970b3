"""Placeholders: Score's own cases, and what holds for every text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rackhouse.app.model import Placeholder, Template
from rackhouse.app.template import (
    TemplateError,
    escape,
    escape_command,
    join,
    parse,
    parse_command,
    source,
)

DOLLARS = st.text("${}.\\ ametdrsourcvi:-x", max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("abc", "abc"),
        ("$abc", "$abc"),
        ("abc $$ abc", "abc $ abc"),
        ("$${abc}", "${abc}"),
        ("$$$${abc}", "$${abc}"),
        ("$${abc .4t3298y *(^&(*}", "${abc .4t3298y *(^&(*}"),
        ("my name is ${metadata.name}", "my name is ${metadata.name}"),
        ("$$${metadata.name}", "$${metadata.name}"),
    ],
)
def test_as_the_reference_implementation_reads_it(text: str, shown: str) -> None:
    assert str(parse(text)) == shown


def test_a_placeholder_has_keys() -> None:
    assert parse("redis://${resources.cache.host}:6379") == Template(
        ("redis://", Placeholder(("resources", "cache", "host")), ":6379")
    )


def test_a_dot_inside_a_key_is_escaped() -> None:
    (hole,) = parse("${metadata.annotations.key\\.com/foo}").parts
    assert hole == Placeholder(("metadata", "annotations", "key.com/foo"))


@pytest.mark.parametrize(
    ("text", "position", "what"),
    [
        ("a ${resources.db.url", 2, "not closed"),
        ("${}", 0, "begins with none of"),
        ("$$ ${missing}", 3, "begins with none of"),
        ("x${resources..url}", 1, "empty key"),
        ("${metadata.}", 0, "empty key"),
    ],
)
def test_a_bad_placeholder_says_where(text: str, position: int, what: str) -> None:
    with pytest.raises(TemplateError, match=what) as caught:
        parse(text)
    assert caught.value.position == position
    assert caught.value.fix


@given(DOLLARS | st.text())
@example("a$")
@example("$$$")
def test_every_text_is_read_or_refused_and_printing_gives_the_source_back(text: str) -> None:
    for read in (parse, parse_command):
        with contextlib.suppress(TemplateError):
            template = read(text)
            assert template == join(*template.parts)
            assert parse(source(template)) == template


@given(DOLLARS)
def test_a_refusal_points_at_the_dollar(text: str) -> None:
    try:
        parse(text)
    except TemplateError as error:
        at = error.position
    else:
        at = len(text)
    assert text[at : at + 2] in {"${", ""}


@given(DOLLARS | st.text())
def test_an_escaped_text_is_itself(text: str) -> None:
    assert str(parse(escape(text))) == text
    assert str(parse_command(escape_command(text))) == text


@given(st.text("${}HOMEPATH:-/ &|;'\"0123456789?@*#"))
def test_a_command_leaves_the_shell_its_own(text: str) -> None:
    assert parse_command(text) == join(text)


def test_a_command_has_placeholders_of_ours() -> None:
    template = parse_command("run $$ ${HOME} ${resources.db.url} $${resources.db.url}")
    assert template == Template(
        ("run $$ ${HOME} ", Placeholder(("resources", "db", "url")), " ${resources.db.url}")
    )
