"""From the tree of a file to the model, by the table of `fields`; every problem on the way. Pure.

Knows the shape of the file and nothing of what makes sense: that is for `rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from rackhouse.kit.errors import Problem
from rackhouse.kit.text import did_you_mean
from rackhouse.kit.yaml import Kind, Node
from rackhouse.rack.fields import OFF, REQUIRED, Field, Listing, Named, Shape, Struct, fields_of
from rackhouse.rack.kinds import NAME
from rackhouse.rack.scalars import Scalar
from rackhouse.rack.unreadable import UNREAD

RULES = {
    "unknown-key": "A key that nobody reads is a wish that silently does not come true.",
    "missing-key": "Some things have no sensible default.",
    "wrong-type": "A list, a mapping or a single value stands where another of them belongs.",
    "wrong-value": "The value is not of the kind that its key takes.",
}

Positions = Mapping[str, tuple[int, int]]  # path -> line and column


@dataclass(slots=True)
class Reader:
    """Reads one tree. What it cannot read becomes UNREAD, and a problem."""

    problems: list[Problem] = field(default_factory=list)
    positions: dict[str, tuple[int, int]] = field(default_factory=dict)

    def read(self, cls: type[Any], root: Node) -> Any:
        """An instance of `cls`, or UNREAD when the tree is nothing of the sort."""
        self.positions[""] = (root.line, root.column)
        return self._struct(root, cls, "")

    def _value(self, node: Node, shape: Shape, path: str) -> Any:
        if isinstance(shape, Scalar):
            return self._scalar(node, shape, path)
        if isinstance(shape, Listing):
            return self._listing(node, shape, path)
        if isinstance(shape, Named):
            return self._named(node, shape.cls, path)
        return self._struct(node, shape.cls, path)

    def _scalar(self, node: Node, kind: Scalar, path: str) -> Any:
        if node.kind is not Kind.SCALAR:
            return self._problem(node, "wrong-type", path, _stands(node), kind.fix)
        if node.empty:
            fix = f"{kind.fix}, or delete the key"
            return self._problem(node, "wrong-type", path, _stands(node), fix)
        try:
            return kind.read(node.text)
        except (ValueError, OverflowError):
            near = did_you_mean(node.text, kind.words)
            what = f"{_clip(node.text)} is not {kind.expected}"
            return self._problem(node, "wrong-value", path, what, near.strip() or kind.fix)

    def _listing(self, node: Node, shape: Listing, path: str) -> Any:
        if node.kind is not Kind.SEQUENCE:
            fix = f"write a list, such as [{_example(shape.item)}]"
            return self._problem(node, "wrong-type", path, _stands(node), fix)
        return tuple(self._item(item, shape, f"{path}[{i}]") for i, item in enumerate(node.items))

    def _item(self, node: Node, shape: Listing, path: str) -> Any:
        self.positions[path] = (node.line, node.column)
        return self._value(node, shape.item, path)

    def _named(self, node: Node, cls: type[Any], path: str) -> Any:
        if node.empty:
            return ()
        if node.kind is not Kind.MAPPING:
            fix = f"write a mapping from names: `{NAME.example}: {{...}}`"
            return self._problem(node, "wrong-type", path, _stands(node), fix)
        return tuple(self._entry(key, value, cls, path) for key, value in node.pairs)

    def _entry(self, key: Node, value: Node, cls: type[Any], path: str) -> Any:
        inner = f"{path}.{key.text}"
        self.positions[inner] = (key.line, key.column)
        name = self._scalar(key, NAME, inner)
        return self._struct(value, cls, inner, name=name, line=key.line)

    def _struct(self, node: Node, cls: type[Any], path: str, **given: Any) -> Any:
        if node.kind is not Kind.MAPPING and not node.empty:
            fix = f"write a mapping with keys of its own: {', '.join(_keys(cls, given))}"
            return self._problem(node, "wrong-type", path, _stands(node), fix)
        values = dict(given)
        if "line" in cls.__slots__:
            values.setdefault("line", node.line)
        table = fields_of(cls)
        known = {key: table[key] for key in _keys(cls, given)}
        for key, value in node.pairs:
            values |= self._key(key, value, known, path)
        for missing in known.values():
            if missing.name not in values and missing.default is REQUIRED:
                fix = f"add `{missing.key}: {missing.example}`"
                what = f"{missing.key!r} is missing"
                values[missing.name] = self._problem(node, "missing-key", path, what, fix)
        return cls(**values)

    def _key(self, key: Node, value: Node, known: Mapping[str, Field], path: str) -> dict[str, Any]:
        inner = f"{path}.{key.text}" if path else key.text
        self.positions[inner] = (key.line, key.column)
        if found := known.get(key.text):
            if found.off and value.text == OFF:
                return {found.name: None}
            if isinstance(found.shape, Scalar):
                self.positions[inner] = (value.line, value.column)
            return {found.name: self._value(value, found.shape, inner)}
        near = did_you_mean(key.text, known)
        fix = near.strip() or f"delete it; known here are {', '.join(known)}"
        unread = self._problem(key, "unknown-key", path, f"{_clip(key.text)} is no key here", fix)
        meant = get_close_matches(key.text, list(known), n=1, cutoff=0.6)
        return {known[word].name: unread for word in meant}

    def _problem(self, node: Node, rule: str, path: str, what: str, fix: str) -> Any:
        at, column = node.line, node.column
        self.problems.append(
            Problem(line=at, column=column, rule=rule, path=path, what=what, fix=fix)
        )
        return UNREAD


def _keys(cls: type[Any], given: Mapping[str, Any]) -> Iterator[str]:
    return (key for key, found in fields_of(cls).items() if found.name not in given)


def _example(item: Scalar | Struct) -> str:
    if isinstance(item, Scalar):
        return item.example
    return "{" + ", ".join(f"{key}: ..." for key in fields_of(item.cls)) + "}"


def _stands(node: Node) -> str:
    if node.empty:
        return "there is no value"
    words = {Kind.SCALAR: "a single value", Kind.SEQUENCE: "a list", Kind.MAPPING: "a mapping"}
    return f"{words[node.kind]} stands here"


def _clip(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
