"""What things are called on an engine, and whose their labels say that they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.errors import UsageError
from rackhouse.resources.seen import Stamp
from rackhouse.targets.docker import names

_WORDS = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}(@[a-z0-9.-]{1,12})?", fullmatch=True)


@given(_WORDS)
def test_a_name_comes_back_from_the_engine_as_it_was(name: str) -> None:
    names.check(name)
    assert names.of_ours(names.on_engine(name)) == name


@given(_WORDS, _WORDS)
def test_two_names_are_two_on_the_engine(one: str, other: str) -> None:
    assert (names.on_engine(one) == names.on_engine(other)) is (one == other)


@pytest.mark.parametrize("name", ["", "@r1", "a_b", "Hello", "a@b@c", "../a", "a/b", "a b", "a\n"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        names.check(name)


def test_the_labels_say_what_it_was_made_with() -> None:
    stamp = Stamp(rack="home", digest="abc", claims=frozenset({"gpu:forge"}))
    assert names.made_with(names.labels(stamp)) == stamp


@pytest.mark.parametrize("labels", [None, {}, {names.STAMP: "{}"}, {names.STAMP: "nonsense"}])
def test_other_labels_say_nothing(labels: dict[str, str] | None) -> None:
    assert names.made_with(labels) is None
