"""Words for people: what was meant by a name that is wrong."""

from __future__ import annotations

import pytest

from rackhouse.app.inference.draft import slug
from rackhouse.kit.text import did_you_mean

BOARDS = ("rpi3", "rpi4-4gb", "rpi5-8gb", "x86")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("rpi5", "rpi5-8gb"), ("rpi", "rpi3"), ("rpi4-4bg", "rpi4-4gb"), ("solaris", ""), ("", "")],
)
def test_what_was_begun_is_completed_and_what_is_near_is_named(word: str, meant: str) -> None:
    assert did_you_mean(word, BOARDS) == (f" Did you mean {meant!r}?" if meant else "")


@pytest.mark.parametrize(
    ("text", "name"), [("My_App!", "my-app"), ("Ünï café", "uni-cafe"), ("日本", "app")]
)
def test_a_folders_name_becomes_a_name(text: str, name: str) -> None:
    assert slug(text, "app") == name
