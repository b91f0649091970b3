"""An address as plain strings, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.errors import UsageError
from rackhouse.transport.address import Address

WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
PLAIN = st.builds(
    Address,
    host=WORDS,
    port=st.integers(1, 65535),
    user=WORDS,
    key=WORDS | st.just(""),
    host_key=WORDS | st.just(""),
    proxy=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    sudo=st.booleans(),
)
ADDRESSES = st.recursive(
    PLAIN, lambda inner: st.builds(Address, host=WORDS, jump=inner), max_leaves=3
)


@given(ADDRESSES)
def test_it_comes_back_as_it_was(address: Address) -> None:
    assert Address.parse(address.to_mapping()) == address


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ({}, "must have host"),
        ({"host": "a", "prot": "22"}, "prot"),
        ({"host": "a", "port": "0"}, "'0' is not a port"),
        ({"host": "a", "port": "x"}, "'x' is not a port"),
        ({"host": "a", "jump.port": "22"}, "must have host"),
    ],
)
def test_what_is_wrong_is_said(words: dict[str, str], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        Address.parse(words)


def test_defaults_are_those_of_ssh() -> None:
    assert Address.parse({"host": "pi-1"}) == Address(host="pi-1", port=22, user="root")
