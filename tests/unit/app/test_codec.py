"""An application as text and back."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.app import model
from rackhouse.app.codec import decode, encode
from rackhouse.app.model import App, Container, Kind, Template
from unit.app.worlds import apps


@given(apps)
@settings(deadline=None)
def test_decode_is_the_inverse_and_the_text_is_canonical(app: App) -> None:
    text = encode(app)
    assert decode(text) == app
    assert encode(decode(text)) == text
    text.encode()


def test_a_default_is_left_out() -> None:
    assert json.loads(encode(App(name="shop"))) == {"name": "shop"}


def test_an_older_text_has_the_defaults_of_today() -> None:
    old = '{"name": "shop", "containers": [{"name": "web", "image": "."}], "kind": "worker"}'
    web = Container(name="web", image=".")
    assert decode(old) == App(name="shop", kind=Kind.WORKER, containers=(web,))


def test_a_newer_text_is_read_as_far_as_we_know_it() -> None:
    assert decode('{"name": "shop", "flavour": {"sweet": 1}}') == App(name="shop")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "nonsense",
        '{"name": 5}',
        '{"name": "shop", "kind": "office"}',
        '{"name": "shop", "expires": "soon"}',
        '{"name": "shop", "public": 1}',
        '{"name": "shop", "before": "x"}',
        '{"name": "shop", "needs": [{"name": "db"}]}',
        '{"name": "shop", "needs": [{"name": "db", "type": "postgres", "params": [["a"]]}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_application(text: str) -> None:
    with pytest.raises(ValueError, match="not an application"):
        decode(text)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_nothing_else_is_ever_raised(text: str) -> None:
    with contextlib.suppress(ValueError):
        decode(text)


def test_every_field_of_the_model_is_of_a_type_that_the_codec_knows() -> None:
    """A field of a new kind must come with a line in the codec and in `worlds`."""
    known = {str, int, float, bool, type(None), Template, Ellipsis, typing.Any}
    classes = [c for c in vars(model).values() if dataclasses.is_dataclass(c)]

    def leaves(hint: object) -> set[object]:
        inside = typing.get_args(hint)
        return set().union(*map(leaves, inside)) if inside else {hint}

    for class_ in classes:
        for hint in typing.get_type_hints(class_).values():
            for leaf in leaves(hint) - known - set(classes):
                assert leaf is model.date or issubclass(leaf, model.StrEnum)  # type: ignore[arg-type]  # a class
