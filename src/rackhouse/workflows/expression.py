"""What stands in `${{ }}`, as a tree. Pure; says nothing about values.

or:  and (|| and)*     and: equal (&& equal)*     equal: unary ((== != < <= > >=) unary)*
unary: !* value part*  part: .name | .* | [or]
value: literal | ( or ) | name(or, ...) | name
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_NESTING = 40
_TOKEN = re.compile(
    r"\s+|(?P<number>[-+]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+))"
    r"|(?P<text>'(?:[^']|'')*')|(?P<sign>&&|\|\||[=!<>]=|[!<>()\[\],.*])"
    r"|(?P<name>[A-Za-z_][\w-]*)"
)
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))
_WORDS = {"true": True, "false": False, "null": None}

Value = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written there."""

    value: Value


@dataclass(frozen=True, slots=True)
class Lookup:
    """`needs.build.outputs['x']`: its parts. A part that is made of others is a tree."""

    parts: tuple[str | Tree, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function, `!`, or an operator, with what it is given."""

    name: str
    given: tuple[Tree, ...]


Tree = Literal | Lookup | Call


def parse(text: str) -> Tree:
    """The tree. ValueError with the end of a sentence when it cannot be read."""
    parser = _Parser(text)
    tree = parser.level(0)
    if parser.kind:
        raise ValueError(f"has {parser.token!r} where it should end")
    return tree


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each `${{ }}` begins and ends in `text`. ValueError when one is not closed."""
    begin = text.find("${{")
    while begin >= 0:
        at, quoted = begin + 3, False
        while quoted or not text.startswith("}}", at):
            if at >= len(text):
                raise ValueError("has a `${{` without its `}}`")
            quoted ^= text[at] == "'"
            at += 1
        yield begin, at + 2
        begin = text.find("${{", at + 2)


def inside(text: str, span: tuple[int, int]) -> str:
    """The expression alone."""
    return text[span[0] + 3 : span[1] - 2]


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and all in it."""
    yield tree
    within = tree.given if isinstance(tree, Call) else ()
    if isinstance(tree, Lookup):
        within = tuple(part for part in tree.parts if not isinstance(part, str))
    for one in within:
        yield from walk(one)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self.kind: str | None = ""
        self.token = ""
        self.advance()

    def advance(self) -> str:
        """Go to the next token; the one that was."""
        was = self.token
        self.kind, self.token = None, ""
        while self._at < len(self._text) and self.kind is None:
            found = _TOKEN.match(self._text, self._at)
            if found is None:
                raise ValueError(self._unreadable())
            self._at, self.kind, self.token = found.end(), found.lastgroup, found[0]
        return was

    def level(self, number: int) -> Tree:
        """The operators from this strength on."""
        if number == len(_LEVELS):
            return self._unary()
        tree = self.level(number + 1)
        while self.kind == "sign" and self.token in _LEVELS[number]:
            sign = self.advance()
            tree = Call(sign, (tree, self.level(number + 1)))
        return tree

    def _unary(self) -> Tree:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise ValueError(f"is nested over {MAX_NESTING} deep")
        if self.token == "!":
            self.advance()
            tree: Tree = Call("!", (self._unary(),))
        else:
            tree = self._parts(self._value())
        self._depth -= 1
        return tree

    def _value(self) -> Tree:
        kind, token = self.kind, self.advance()
        if kind == "number":
            return Literal(float(int(token, 16)) if "x" in token else float(token))
        if kind == "text":
            return Literal(token[1:-1].replace("''", "'"))
        if token == "(":
            tree = self.level(0)
            self._expect(")")
            return tree
        if kind != "name":
            raise ValueError(f"has {token!r} in place of a value" if token else "ends too early")
        if token in _WORDS:
            return Literal(_WORDS[token])
        return Call(token, self._given()) if self.token == "(" else Lookup((token,))

    def _given(self) -> tuple[Tree, ...]:
        self.advance()
        given: list[Tree] = []
        while self.token != ")":
            given.append(self.level(0))
            if self.token != ")":
                self._expect(",")
        self._expect(")")
        return tuple(given)

    def _parts(self, whole: Tree) -> Tree:
        parts: list[str | Tree] = [*whole.parts] if isinstance(whole, Lookup) else [whole]
        while self.token in {".", "["}:
            if self.advance() == "[":
                parts.append(self._key())
                self._expect("]")
            elif self.kind == "name" or self.token == "*":
                parts.append(self.advance())
            else:
                raise ValueError("has a dot without a name after it")
        return Lookup(tuple(parts)) if len(parts) > 1 else whole

    def _key(self) -> str | Tree:
        if self.token == "*":
            return self.advance()
        tree = self.level(0)
        if isinstance(tree, Literal) and isinstance(tree.value, str):
            return tree.value
        return tree

    def _expect(self, sign: str) -> None:
        if self.token != sign:
            found = f"{self.token!r}" if self.token else "its end"
            raise ValueError(f"has {found} where {sign!r} is expected")
        self.advance()

    def _unreadable(self) -> str:
        character = self._text[self._at]
        if character == "'":
            return "has a text that is not closed"
        if character == '"':
            return "has a text in double quotes, where only single ones are known"
        return f"has {character!r}, which means nothing there"
