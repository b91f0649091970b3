"""Reads a YAML tree field by field and notes every problem on the way. Pure; knows no field.

A scalar means what YAML 1.2's core schema says: without quotes, `8080` is a number and `true` a
flag, while `no`, `1:30` and `2026-12-31` are text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from rackhouse.kit.errors import Problem
from rackhouse.kit.text import did_you_mean
from rackhouse.kit.yaml import Kind, Node

LABEL = re.compile(r"[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")

_WHOLE = re.compile(r"[-+]?[0-9]{1,9}")
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NO_TEXT = re.compile(
    r"~|null|Null|NULL|true|True|TRUE|false|False|FALSE|"
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|"
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|"
)


class Reader:
    """Where the problems of one file are gathered. Methods answer None where there was one."""

    def __init__(self, problems: Collection[Problem] = ()) -> None:
        self.problems = list(problems)

    def say(self, node: Node, rule: str, path: str, what: str, fix: str) -> None:
        """Note a problem at `node`."""
        self.problems.append(
            Problem(line=node.line, column=node.column, rule=rule, path=path, what=what, fix=fix)
        )

    def mapping(
        self,
        node: Node,
        path: str,
        known: Collection[str] | None = None,
        required: Collection[str] = (),
    ) -> dict[str, Node]:
        """The values of a mapping by key. `known` None: any key may be there."""
        if node.kind is not Kind.MAPPING:
            self._wrong(node, path, "a mapping", "write `key: value` lines under it, indented")
            return {}
        for key, _ in node.pairs:
            if known is not None and key.text not in known:
                fix = f"delete it, or use one of {', '.join(sorted(known))}"
                what = f"{key.text!r} is not known here{hint(key.text, known)}"
                self.say(key, "unknown-key", dotted(path, key.text), what, fix)
        found = {key.text: value for key, value in node.pairs}
        for name in required:
            if name not in found:
                self.say(node, "missing-key", path, f"{name!r} is missing", f"add `{name}:`")
        return found

    def named(self, node: Node, path: str) -> dict[str, Node]:
        """A mapping whose keys are names that may be DNS labels."""
        for key, _ in node.pairs:
            if not LABEL.fullmatch(key.text):
                what = f"{key.text!r} is not a name"
                fix = "use 2 to 63 small letters, digits and hyphens, no hyphen at either end"
                self.say(key, "bad-name", dotted(path, key.text), what, fix)
        return self.mapping(node, path)

    def sequence(self, node: Node, path: str) -> tuple[Node, ...]:
        """The items of a list."""
        if node.kind is not Kind.SEQUENCE:
            self._wrong(node, path, "a list", "write `[a, b]`, or `- a` lines")
        return node.items

    def text(self, node: Node, path: str) -> str | None:
        """A text. Numbers and flags without quotes are none, as in Score's schema."""
        if is_text(node):
            return node.text
        fix = f'put it in quotes: "{node.text}"' if node.kind is Kind.SCALAR else "write one text"
        self._wrong(node, path, "a text", fix)
        return None

    def whole(self, node: Node, path: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`."""
        if is_whole(node) and low <= int(node.text) <= high:
            return int(node.text)
        self._wrong(node, path, f"a whole number from {low} to {high}", "write it without quotes")
        return None

    def flag(self, node: Node, path: str) -> bool | None:
        """True or false."""
        if node.plain and node.text in _FLAGS:
            return _FLAGS[node.text]
        self._wrong(node, path, "true or false", "write one of the two, without quotes")
        return None

    def word(self, node: Node, path: str, words: Collection[str]) -> str | None:
        """One of these words."""
        text = self.text(node, path)
        if text is not None and text not in words:
            what = f"{text!r} is not one of {', '.join(words)}{hint(text, words)}"
            self.say(node, "bad-value", path, what, f"write one of {', '.join(words)}")
            return None
        return text

    def _wrong(self, node: Node, path: str, expected: str, fix: str) -> None:
        found = repr(node.text) if node.plain else f'"{node.text}" in quotes'
        found = found if node.kind is Kind.SCALAR else f"a {node.kind}"
        found = "nothing" if node.empty else found
        self.say(node, "wrong-type", path, f"{expected} is expected, not {found}", fix)


def hint(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: `. Did you mean 'url'?`, or nothing."""
    said = did_you_mean(word, known)
    return f".{said}" if said else ""


def dotted(path: str, key: str) -> str:
    """`containers` and `web` are `containers.web`."""
    return f"{path}.{key}" if path else key


def is_text(node: Node) -> bool:
    """Whether a node is a text by YAML 1.2."""
    return node.kind is Kind.SCALAR and not (node.plain and _NO_TEXT.fullmatch(node.text))


def is_whole(node: Node) -> bool:
    """Whether a node is a whole number below a billion."""
    return node.plain and _WHOLE.fullmatch(node.text) is not None
