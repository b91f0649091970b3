"""What is written is read back as the same; the JSON Schema agrees with the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given

from rackhouse.kit.yaml import parse
from rackhouse.rack import Rack, load
from rackhouse.rack.fields import Struct
from rackhouse.rack.read import Reader
from rackhouse.rack.schema import json_schema
from rackhouse.rack.write import write
from unit.rack.racks import STEADY, sensible, shapes

RACKS = sorted((Path(__file__).parents[3] / "examples" / "racks").glob("*.yaml"))
SCHEMA: Any = jsonschema.Draft202012Validator(json_schema())


def _read(text: str) -> Rack:
    parsed, reader = parse(text), Reader()
    rack: Rack = reader.read(Rack, parsed.root)
    assert not parsed.problems
    assert not reader.problems
    return rack


@given(shapes(Struct(Rack)))
@STEADY
def test_any_rack_is_read_back_as_it_was_written(rack: Rack) -> None:
    assert _read(write(rack)) == rack


@given(shapes(Struct(Rack)))
@STEADY
def test_any_rack_that_is_written_fits_the_schema_in_the_eyes_of_other_readers(rack: Rack) -> None:
    SCHEMA.validate(yaml.load(write(rack), yaml.CSafeLoader))


@given(sensible())
@STEADY
def test_a_rack_that_makes_sense_is_accepted_and_comes_back(rack: Rack) -> None:
    loaded = load(write(rack))
    assert loaded.applications == rack.applications
    assert load(write(loaded)) == loaded


@pytest.mark.parametrize("file", RACKS, ids=lambda file: file.name)
def test_every_example_comes_back_and_fits_the_schema(file: Path) -> None:
    rack = load(file.read_text())
    assert load(write(rack)) == rack
    SCHEMA.validate(yaml.safe_load(file.read_text()))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    "text",
    [
        "nods: {}",
        "nodes: {pi-1: {}}",
        "nodes: {Pi: {role: dev}}",
        "exposure: world",
        "data: {cache: 3}",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    assert not SCHEMA.is_valid(yaml.safe_load(text))


def test_an_empty_rack_is_an_empty_file() -> None:
    assert write(Rack()) == ""
