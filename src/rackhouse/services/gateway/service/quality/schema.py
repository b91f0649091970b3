"""Does a value fit a JSON Schema (2020-12)? Yes, no, or not known; always within a fixed number of
steps. Pure.

A schema comes from a client and is hostile until it has been judged: references that chase each
other, branches that double, expressions that never end. So each step is counted, a regular
expression is never run, an address never fetched, and whatever is not judged makes the answer
"not known" unless the rest already says no. Compiled validators have no such bound, and one that
overflows its stack ends the process for everybody (docs/why/dependencies.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

STEPS: Final = 10_000  # a few milliseconds
DEPTH: Final = 64  # of schemas within schemas, references that are followed included

Verdict = bool | None  # None: not known


def fits(schema: Any, value: Any, steps: int = STEPS) -> Verdict:
    """Both as parsed from JSON. None where the steps are used up, too."""
    if isinstance(schema, dict) and "$id" in schema:
        schema = {word: told for word, told in schema.items() if word != "$id"}
    try:
        return _Judging(schema, steps).holds(schema, value, DEPTH)
    except _Spent:
        return None


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """No as soon as one is no; else not known where one is not."""
    known: Verdict = True
    for each in verdicts:
        if each is False:
            return False
        known = known and each
    return known


class _Spent(Exception):
    """The steps are used up."""


class _Judging:
    """One judgement, and the steps that are left for it."""

    def __init__(self, root: Any, steps: int) -> None:
        self.root = root
        self._left = steps

    def holds(self, schema: Any, value: Any, depth: int) -> Verdict:
        self.spend(1)
        if depth == 0:
            raise _Spent
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            return None
        self.spend(len(schema))
        at = _At(self, schema, value, depth - 1)
        return every(at.word(word, told) for word, told in schema.items())

    def same(self, one: Any, other: Any) -> bool:
        """Equal as JSON: 1 is 1.0 and is not true."""
        self.spend(1)
        if isinstance(one, bool) or isinstance(other, bool):
            return one is other
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(map(self.same, one, other))
        if isinstance(one, dict) and isinstance(other, dict):
            return one.keys() == other.keys() and all(self.same(one[k], other[k]) for k in one)
        if isinstance(one, str):
            self.spend(len(one) >> 10)
        return bool(one == other)

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise _Spent


class _At:
    """A value under a schema."""

    __slots__ = ("depth", "judging", "schema", "value")

    def __init__(self, judging: _Judging, schema: dict[str, Any], value: Any, depth: int) -> None:
        self.judging = judging
        self.schema = schema
        self.value = value
        self.depth = depth

    def word(self, word: str, told: Any) -> Verdict:
        """What one word of the schema says of the value."""
        if word not in _WORDS:
            return None if word in _UNJUDGED else True
        values, tellings, judge = _WORDS[word]
        if not _kind(self.value, values):
            return True  # words for objects do not constrain texts
        return judge(self, told) if _kind(told, tellings) else None

    def holds(self, schema: Any, value: Any) -> Verdict:
        """A part of it."""
        return self.judging.holds(schema, value, self.depth)

    def branches(self, told: list[Any]) -> Iterable[Verdict]:
        """The same value under each of these; not known without any."""
        return (self.holds(each, self.value) for each in told) if told else (None,)


def _kind(value: Any, kinds: type | tuple[type, ...]) -> bool:
    """True and false are no numbers."""
    return isinstance(value, kinds) and (kinds is object or not isinstance(value, bool))


def _not(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def _reference(at: _At, told: str) -> Verdict:
    if not (told == "#" or told.startswith("#/")) or "%" in told or len(told) > 500:
        return None
    found = at.judging.root
    for step in told.split("/")[1:]:
        found = found.get(_unescaped(step)) if isinstance(found, dict) else None
    return at.holds(found, at.value)


def _unescaped(step: str) -> str:
    """As RFC 6901 writes it."""
    return step.replace("~1", "/").replace("~0", "~")


def _type(at: _At, told: str | list[Any]) -> Verdict:
    names = told if isinstance(told, list) else [told]
    at.judging.spend(len(names))
    if not all(isinstance(name, str) and name in _TYPES for name in names):
        return None
    return any(_TYPES[name](at.value) for name in names)


def _properties(at: _At, told: dict[str, Any]) -> Verdict:
    at.judging.spend(len(at.value))
    return every(at.holds(told[key], at.value[key]) for key in at.value if key in told)


def _additional(at: _At, told: Any) -> Verdict:
    named = at.schema.get("properties", {})
    if not isinstance(named, dict) or "patternProperties" in at.schema:
        return None
    at.judging.spend(len(at.value))
    return every(at.holds(told, at.value[key]) for key in at.value if key not in named)


def _required(at: _At, told: list[Any]) -> Verdict:
    at.judging.spend(len(told))
    return all(isinstance(each, str) and each in at.value for each in told)


def _items(at: _At, told: Any) -> Verdict:
    first = at.schema.get("prefixItems", [])
    skipped = len(first) if isinstance(first, list) else 0
    return every(at.holds(told, each) for each in at.value[skipped:])


def _prefix(at: _At, told: list[Any]) -> Verdict:
    return every(at.holds(*both) for both in zip(told, at.value, strict=False))


def _unique(at: _At, told: Any) -> Verdict:
    if told is not True:
        return True
    same = at.judging.same
    return not any(same(one, other) for i, one in enumerate(at.value) for other in at.value[:i])


def _multiple(at: _At, told: int) -> Verdict:
    """Of whole numbers alone: parts of floats are a matter of rounding."""
    return at.value % told == 0 if isinstance(at.value, int) and told > 0 else None


def _one_of(at: _At, told: list[Any]) -> Verdict:
    found = list(at.branches(told))
    if found.count(True) > 1:
        return False
    return None if None in found else found.count(True) == 1


_Judge = Callable[[_At, Any], Verdict]
_Kinds = type | tuple[type, ...]
_NUMBER = (int, float)

# What a word constrains, what it may say, and how it judges.
_WORDS: dict[str, tuple[_Kinds, _Kinds, _Judge]] = {
    "$ref": (object, str, _reference),
    "type": (object, (str, list), _type),
    "enum": (object, list, lambda at, told: any(at.judging.same(at.value, it) for it in told)),
    "const": (object, object, lambda at, told: at.judging.same(at.value, told)),
    "allOf": (object, list, lambda at, told: every(at.branches(told))),
    "anyOf": (object, list, lambda at, told: _not(every(map(_not, at.branches(told))))),
    "oneOf": (object, list, _one_of),
    "not": (object, object, lambda at, told: _not(at.holds(told, at.value))),
    "properties": (dict, dict, _properties),
    "additionalProperties": (dict, object, _additional),
    "required": (dict, list, _required),
    "minProperties": (dict, int, lambda at, told: len(at.value) >= told),
    "maxProperties": (dict, int, lambda at, told: len(at.value) <= told),
    "items": (list, object, _items),
    "prefixItems": (list, list, _prefix),
    "uniqueItems": (list, object, _unique),
    "minItems": (list, int, lambda at, told: len(at.value) >= told),
    "maxItems": (list, int, lambda at, told: len(at.value) <= told),
    "minLength": (str, int, lambda at, told: len(at.value) >= told),
    "maxLength": (str, int, lambda at, told: len(at.value) <= told),
    "minimum": (_NUMBER, _NUMBER, lambda at, told: bool(at.value >= told)),
    "maximum": (_NUMBER, _NUMBER, lambda at, told: bool(at.value <= told)),
    "exclusiveMinimum": (_NUMBER, _NUMBER, lambda at, told: bool(at.value > told)),
    "exclusiveMaximum": (_NUMBER, _NUMBER, lambda at, told: bool(at.value < told)),
    "multipleOf": (_NUMBER, int, _multiple),
}

# Words that constrain too and are not judged here. All others are annotations.
_UNJUDGED = {
    "$dynamicRef",
    "$id",
    "$recursiveRef",
    "contains",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "nullable",
    "pattern",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
}

_TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": lambda value: _kind(value, _NUMBER),
    "integer": lambda value: _kind(value, int) or (isinstance(value, float) and value.is_integer()),
}
