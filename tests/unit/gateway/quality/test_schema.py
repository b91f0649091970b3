"""The bounded judge of schemas says what the reference implementation says, or that it does not
know; and ends, whatever it is given.
"""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.service.quality.schema import STEPS, fits

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0]) | st.text("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)
_TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
_COUNT = st.integers(0, 3)
_PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "type": _TYPES | st.lists(_TYPES, min_size=1, max_size=2, unique=True),
    "enum": st.lists(_VALUES, min_size=1, max_size=3),
    "const": _VALUES,
    "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
    "uniqueItems": st.booleans(),
    "multipleOf": st.integers(1, 3),
    "$ref": st.sampled_from(["#/$defs/a", "#/$defs/b~1c"]),
    "pattern": st.just("^a"),
    "description": st.text(),
    "format": st.just("email"),
    **dict.fromkeys(("minimum", "exclusiveMaximum", "maximum", "exclusiveMinimum"), _COUNT),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _COUNT),
    **dict.fromkeys(("minProperties", "maxProperties"), _COUNT),
}


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    words = {
        "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        **dict.fromkeys(("additionalProperties", "items", "not"), inner),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), some),
    }
    return st.fixed_dictionaries({}, optional={**words, "type": _TYPES})


_SCHEMAS = st.recursive(
    st.booleans()
    | st.sampled_from(sorted(_PLAIN)).flatmap(
        lambda word: st.fixed_dictionaries({word: _PLAIN[word]})
    ),
    _nested,
    max_leaves=6,
)
_LEAVES = {"$defs": {"a": {"type": "string"}, "b/c": {"minimum": 1}}}


@given(_SCHEMAS, _VALUES)
def test_it_says_what_the_reference_says_or_nothing(schema: Any, value: Any) -> None:
    rooted = {**schema, **_LEAVES} if isinstance(schema, dict) else schema
    found = fits(rooted, value)
    assert found in (None, jsonschema.Draft202012Validator(rooted).is_valid(value))


PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "fit"),
    [
        ({"name": "Ruth", "age": 30}, True),
        ({"name": "Ruth", "age": 30.0}, True),
        ({"name": "Ruth"}, False),
        ({"name": "Ruth", "age": True}, False),
        ({"name": "Ruth", "age": -1}, False),
        ({"name": "Ruth", "age": 30, "town": "Moab"}, False),
        ([], False),
    ],
)
def test_a_usual_schema_is_judged(value: Any, fit: bool) -> None:
    assert fits(PERSON, value) is fit


def _doubling(levels: int) -> dict[str, Any]:
    """Each definition asks the next one twice."""
    names = [f"d{each}" for each in range(levels)]
    defs: dict[str, Any] = {
        name: {"allOf": [{"$ref": f"#/$defs/{after}"}] * 2}
        for name, after in zip(names, [*names[1:], "end"], strict=True)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**defs, "end": {"type": "string"}}}


def _deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"not": schema}
    return schema


_HOSTILE: list[tuple[Any, Any]] = [
    ({"$ref": "#"}, 1),
    ({"$ref": ""}, 1),
    ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, 1),
    ({"$ref": "http://169.254.169.254/latest/meta-data"}, 1),
    ({"$ref": "file:///etc/passwd"}, 1),
    ({"$ref": "#" + "/a" * 1_000_000}, 1),
    ({"pattern": "^(a+)+$"}, "a" * 40 + "!"),
    ({"patternProperties": {"^(a+)+$": {}}}, {"a" * 40 + "!": 1}),
    ({"required": ["a"] * 1_000_000}, {"a": 1}),
    ({"enum": [0] * 1_000_000}, 1),
    ({"type": ["null"] * 1_000_000}, 1),
    (_doubling(40), "a"),
    (_deep(100_000), 1),
    ({"minimum": "x"}, 1),
    ({"properties": 5}, {"a": 1}),
    ({"type": 7}, 1),
    ({"anyOf": []}, 1),
    (None, 1),
    ([], 1),
]


@pytest.mark.parametrize(("schema", "value"), _HOSTILE, ids=range(len(_HOSTILE)))
def test_a_hostile_schema_ends_and_is_never_said_to_hold(schema: Any, value: Any) -> None:
    assert fits(schema, value) is not True


def test_steps_are_what_bounds_it() -> None:
    many = [{"a": 1}] * STEPS
    assert fits({"items": {"type": "object"}}, many) is None
    assert fits({"items": {"type": "object"}}, many[:1000]) is True
