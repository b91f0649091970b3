"""The reference page of the rack file leaves nothing unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rackhouse.rack import reference
from rackhouse.rack.fields import Field, Listing, Scalar, fields_of
from rackhouse.rack.model import Rack


def _all(cls: type[Any]) -> Iterator[tuple[type[Any], Field]]:
    for field in fields_of(cls).values():
        yield cls, field
        shape = field.shape.item if isinstance(field.shape, Listing) else field.shape
        if not isinstance(shape, Scalar):
            yield from _all(shape.cls)


FIELDS = {f"{cls.__name__}.{field.key}": field for cls, field in _all(Rack)}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_says_what_it_is_for(name: str) -> None:
    assert FIELDS[name].doc.endswith(".")
    assert f"| `{FIELDS[name].key}` |" in reference.rack_file()


@pytest.mark.parametrize("name", [n for n, f in FIELDS.items() if isinstance(f.shape, Scalar)])
def test_every_example_is_one(name: str) -> None:
    shape = FIELDS[name].shape
    assert isinstance(shape, Scalar)
    shape.read(FIELDS[name].example)


def test_no_key_is_a_boolean_in_yaml_1_1() -> None:
    keys = {field.key for field in FIELDS.values()}
    assert not keys & {"on", "off", "yes", "no", "true", "false", "y", "n"}
