"""Builds the tree of `kit.yaml` from PyYAML's events, refusing what that page forbids. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from rackhouse.kit.errors import Problem
from rackhouse.kit.yaml import MAX_BYTES, MAX_DEPTH, Kind, Node

_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOOLEAN = re.compile(r"on|off|yes|no|true|false", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[-+]?[0-9][0-9_.:]*|~|null|<<|", re.IGNORECASE)
_HINTS = (
    ("mapping values", "put the value in quotes when it contains a colon and a space"),
    ("cannot start any token", "put the value in quotes: it begins with a character of YAML's own"),
    ("expected ',' or", "close the bracket that was opened, or add the missing comma"),
    ("expected <block end>", "indent the keys of one mapping alike"),
    ("expected <document start>", "indent the keys of one mapping alike"),
    ("could not find expected ':'", "a key is followed by a colon and a space"),
    ("end of stream", "close the quote that was opened"),
)


def build(text: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree as far as it could be read (None: there is nothing), and what is wrong."""
    reader = _Reader()
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        reader.say(0, 0, "yaml-too-large", "the file is over 1 MiB", "is this the right file?")
    elif bad := _UNPRINTABLE.search(text):
        line = len(_BREAK.findall(text[: bad.start()])) + 1
        what = f"the character U+{ord(bad[0]):04X} cannot be in a text file"
        reader.say(line, 0, "yaml-character", what, "delete it; save the file as UTF-8")
    else:
        _feed(reader, text)
    return reader.root, tuple(reader.problems)


def _feed(reader: _Reader, text: str) -> None:
    lines = _BREAK.split(text)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()  # what a file's last line break ends is no line
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if not reader.take(event, len(lines)):
                return
    except yaml.YAMLError as error:
        _bad_syntax(reader, lines, error)


def _bad_syntax(reader: _Reader, lines: list[str], error: yaml.YAMLError) -> None:
    mark = getattr(error, "problem_mark", None)
    at = min(mark.line, len(lines) - 1) if mark else 0
    said = getattr(error, "problem", None) or "it cannot be read"
    indent = re.match(r"\s*", lines[at])
    if "tab" in said or (indent and "\t" in indent[0]):
        reader.say(at + 1, 1, "yaml-tab", "a tab is used as indentation", "use spaces")
        return
    began = getattr(error, "context_mark", None)
    since = f", in what began on line {began.line + 1}" if began and began.line < at else ""
    usual = "look at this line and the one before it: a quote, a colon, the indentation"
    fix = next((hint for part, hint in _HINTS if part in said), usual)
    column = mark.column + 1 if mark else 0
    reader.say(at + 1, column, "yaml-syntax", f"this is not YAML: {said}{since}", fix)


@dataclass(slots=True)
class _Open:
    """A sequence or mapping whose end has not come yet."""

    kind: Kind
    line: int
    column: int
    path: str
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    key: Node | None = None
    keep: bool = True  # what stands at `key`

    def where(self) -> str:
        """The path of the value that comes next."""
        if self.kind is Kind.SEQUENCE:
            return f"{self.path}[{len(self.items)}]"
        key = self.key.text if self.key else ""
        return f"{self.path}.{key}" if self.path and key else self.path or key


class _Reader:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def say(self, line: int, column: int, rule: str, what: str, fix: str) -> None:
        """Note a problem at the place that is being read."""
        self.problems.append(
            Problem(line=line, column=column, rule=rule, path=self._where(), what=what, fix=fix)
        )

    def take(self, event: yaml.Event, last: int) -> bool:
        """One event; lines end at `last`. False: enough was seen."""
        mark = event.start_mark
        line, column = (min(mark.line + 1, last), mark.column + 1) if mark else (last, 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                fix = "delete the line `---` and what follows, or make it a file of its own"
                self.say(line, column, "yaml-documents", "a second document begins here", fix)
                return False
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.NodeEvent):
            return self._begin(event, line, column)
        return True

    def _begin(self, event: yaml.NodeEvent, line: int, column: int) -> bool:
        self._refuse_extras(event, line, column)
        if isinstance(event, yaml.ScalarEvent):
            self._put(Node(Kind.SCALAR, line, column, event.value, plain=not event.style))
        elif isinstance(event, yaml.AliasEvent):
            self._put(Node(Kind.SCALAR, line, column))
        elif len(self._open) == MAX_DEPTH:
            del self._open[1:]  # a path of fifty parts would say nothing
            self.say(line, column, "yaml-too-deep", f"over {MAX_DEPTH} levels deep", "flatten it")
            return False
        else:
            kind = Kind.MAPPING if isinstance(event, yaml.MappingStartEvent) else Kind.SEQUENCE
            self._open.append(_Open(kind, line, column, self._where()))
        return True

    def _refuse_extras(self, event: yaml.NodeEvent, line: int, column: int) -> None:
        if event.anchor:
            what, fix = f"{event.anchor!r} is an anchor or alias", "write the value in both places"
            self.say(line, column, "yaml-anchor", what, fix)
        if tag := getattr(event, "tag", None):
            name = tag.replace("tag:yaml.org,2002:", "!!")
            self.say(line, column, "yaml-tag", f"{name} is a tag", "write the plain value alone")

    def _end(self) -> None:
        done = self._open.pop()
        items, pairs = tuple(done.items), tuple(done.pairs)
        self._put(Node(done.kind, done.line, done.column, items=items, pairs=pairs))

    def _put(self, node: Node) -> None:
        """A node is complete: the root, an item, a key or the value of the key before it."""
        if not self._open:
            self.root = node
            return
        into = self._open[-1]
        if into.kind is Kind.SEQUENCE:
            into.items.append(node)
        elif into.key is None:
            into.key, into.keep = node, self._good_key(node, into)
        else:
            if into.keep:
                into.lines[into.key.text] = into.key.line
                into.pairs.append((into.key, node))
            into.key = None

    def _good_key(self, key: Node, into: _Open) -> bool:
        """Whether to keep what stands at this key, which is noted when something is wrong."""
        at, word = (key.line, key.column), key.text
        if key.kind is not Kind.SCALAR:
            self.say(*at, "yaml-key", f"a {key.kind} is used as a key", "a key is one word")
            return False
        if key.plain and _NOT_A_WORD.fullmatch(word):
            fix = f'write "{word}" in quotes if that is the name' if word else "write a key"
            self.say(*at, "yaml-key", f"{word!r} as a key is not a word", fix)
            return False
        if word in into.lines:
            what = f"{word!r} is already on line {into.lines[word]}"
            self.say(*at, "duplicate-key", what, "keep one of the two")
            return False
        if key.plain and _BOOLEAN.fullmatch(word):
            what = f"many YAML readers take the key {word!r} for a boolean"
            self.say(*at, "yaml-boolean-key", what, f'use another name, or quotes: "{word}"')
        return True

    def _where(self) -> str:
        return self._open[-1].where() if self._open else ""
