"""Reads a workflow's tree field by field and notes every problem on the way. Pure; knows no field.

A scalar is its text, as the syntax wants it: `fail-fast: false` and `node: 20` are texts of which a
field makes what it needs, and an expression may stand nearly everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rackhouse.kit.errors import Problem
from rackhouse.kit.text import did_you_mean
from rackhouse.kit.yaml import Kind, Node

FEW = 20  # problems that get a hint
MOST = 200  # problems that are said; nobody reads more
LONG = 200  # of what is quoted
EMPTY = Node(Kind.MAPPING, 0, 0)
_LOSES_ZERO = re.compile(r"\d+\.\d*0")


class Reader:
    """Where the problems of one file are gathered, and the notes on what has no effect."""

    def __init__(self, problems: Collection[Problem] = ()) -> None:
        self.problems = list(problems)
        self.notes: list[Problem] = []

    def say(self, node: Node, rule: str, path: str, what: str, fix: str) -> None:
        """Note a problem at `node`."""
        if len(self.problems) < MOST:
            self.problems.append(_problem(node, rule, path, what, fix))

    def hint(self, word: str, known: Collection[str]) -> str:
        """The end of a sentence: `. Did you mean 'push'?`, or nothing."""
        few = len(self.problems) < FEW and len(word) < LONG  # it is slow, and a slip is rare
        near = did_you_mean(word, known) if few else ""
        return f".{near}" if near else ""

    def note(self, node: Node, rule: str, path: str, what: str, fix: str) -> None:
        """Note what is right, and has no effect."""
        self.notes.append(_problem(node, rule, path, what, fix))

    def mapping(
        self,
        node: Node,
        path: str,
        known: Collection[str] | None = None,
        required: Collection[str] = (),
    ) -> dict[str, Node]:
        """The values of a mapping by key. `known` None: any key may be there."""
        if node.kind is not Kind.MAPPING:
            if not node.empty:
                self._wrong(node, path, "a mapping", "write `key: value` lines under it, indented")
            elif required:
                self._missing(node, path, required)
            return {}
        for key, _ in node.pairs:
            if known is not None and key.text not in known:
                what = f"{key.text!r} is not known here{self.hint(key.text, known)}"
                fix = f"delete it, or use one of {', '.join(sorted(known))}"
                self.say(key, "workflow-key", dotted(path, key.text), what, fix)
        found = {key.text: value for key, value in node.pairs}
        self._missing(node, path, [name for name in required if name not in found])
        return found

    def items(self, node: Node, path: str) -> tuple[Node, ...]:
        """The items of a list; a single value is a list of one."""
        if node is EMPTY:
            return ()
        if node.kind is Kind.MAPPING:
            self._wrong(node, path, "a list", "write `[a, b]`, or `- a` lines")
            return ()
        if node.kind is Kind.SCALAR:
            return () if node.empty else (node,)
        return node.items

    def texts(self, node: Node, path: str) -> tuple[str, ...]:
        """A text, or a list of texts."""
        items = enumerate(self.items(node, path))
        return tuple(self.text(item, f"{path}[{number}]") for number, item in items)

    def text(self, node: Node, path: str) -> str:
        """A text; a number or a flag is its text; "" where nothing, or no text, is written."""
        if node.kind is not Kind.SCALAR:
            self._wrong(node, path, "one value", "write a text, a number, true or false")
            return ""
        return "" if node.empty else node.text

    def pairs(self, node: Node, path: str) -> dict[str, str]:
        """Texts by name, as in `env:` and `with:`; an expression instead is none yet."""
        if is_expression(node):
            return {}
        named = self.mapping(node, path).items()
        return {name: self.text(value, dotted(path, name)) for name, value in named}

    def flag(self, node: Node, path: str, *, otherwise: bool) -> bool:
        """True or false; `otherwise` where an expression decides."""
        text = self.text(node, path)
        if text.lower() in {"true", "false"}:
            return text.lower() == "true"
        if text and not is_expression(node):
            self._wrong(node, path, "true or false", "write one of the two")
        return otherwise

    def whole(self, node: Node, path: str) -> int:
        """A whole number above 0; 0 where an expression decides."""
        text = self.text(node, path)
        if text.isascii() and text.isdigit() and 0 < int(text[:10]) < 1_000_000:
            return int(text)
        if not is_expression(node):
            self._wrong(node, path, "a whole number above 0", "write one")
        return 0

    def word(self, node: Node, path: str, words: Collection[str]) -> str:
        """One of these words, or an expression."""
        text = self.text(node, path)
        if text not in words and not is_expression(node):
            what = f"{text!r} is not one of {', '.join(words)}{self.hint(text, words)}"
            self.say(node, "workflow-value", path, what, f"write one of {', '.join(words)}")
        return text

    def exact(self, node: Node, path: str) -> None:
        """Refuse a version that YAML reads as a shorter number."""
        if node.plain and _LOSES_ZERO.fullmatch(node.text):
            what = f"{node.text} without quotes is the number {float(node.text):g}"
            self.say(node, "workflow-number", path, what, f'write "{node.text}" in quotes')

    def _missing(self, node: Node, path: str, names: Collection[str]) -> None:
        for name in names:
            self.say(node, "workflow-missing", path, f"{name!r} is missing", f"add `{name}:`")

    def _wrong(self, node: Node, path: str, expected: str, fix: str) -> None:
        found = f"a {node.kind}" if node.kind is not Kind.SCALAR else repr(node.text)
        what = f"{expected} is expected, not {'nothing' if node.empty else found}"
        self.say(node, "workflow-type", path, what, fix)


def is_expression(node: Node) -> bool:
    """Whether its value is made while it runs."""
    return node.kind is Kind.SCALAR and "${{" in node.text


def dotted(path: str, key: str) -> str:
    """`jobs` and `test` are `jobs.test`."""
    return f"{path}.{key}" if path else key


def _problem(node: Node, rule: str, path: str, what: str, fix: str) -> Problem:
    what, fix, path = (it if len(it) <= 3 * LONG else f"{it[:LONG]}…" for it in (what, fix, path))
    return Problem(line=node.line, column=node.column, rule=rule, path=path, what=what, fix=fix)
