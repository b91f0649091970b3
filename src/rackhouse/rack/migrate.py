"""Older rack files in today's words, comments and layout kept. Pure: text in, text out.

`version` says in which format a file is written; left out, it is 1, for ever. A change of format
raises `model.CURRENT` by one and adds a row to MIGRATIONS, so that nobody keeps a fork.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rackhouse.kit.yaml import Node, parse
from rackhouse.rack.fields import fields_of
from rackhouse.rack.model import CURRENT, Rack
from rackhouse.rack.scalars import Scalar

RULES = {
    "version-too-new": (
        "A newer Rackhouse may mean something else by the same words, so an older one does not "
        "guess."
    ),
}

_LINE = re.compile(r"(?<=\n)|(?<=\r)(?!\n)|(?<=[\x85\u2028\u2029])")


@dataclass(frozen=True, slots=True)
class Rename:
    """The key at the end of `path` is called `to` now. `*` in the path is any name."""

    path: tuple[str, ...]
    to: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """The text in today's format, the format that it was in, and what changed."""

    text: str
    version: int
    changes: tuple[str, ...] = ()


# version -> what changes on the way to the next one, in the older version's words
MIGRATIONS: Mapping[int, tuple[Rename, ...]] = {
    0: (
        Rename(("expose",), "exposure"),
        Rename(("machines",), "nodes"),
        Rename(("machines", "*", "ip"), "address"),
        Rename(("network", "vlans", "*", "vip"), "virtual_ip"),
    ),
}


def version_of(root: Node) -> int:
    """The format in which the file says it is written; CURRENT when it says nonsense."""
    shape = fields_of(Rack)["version"].shape
    assert isinstance(shape, Scalar)
    for key, value in root.pairs:
        if key.text == "version":
            try:
                return int(str(shape.read(value.text)))
            except ValueError:
                return CURRENT
    return 1


def migrate(text: str) -> Migrated:
    """`text` in the format CURRENT; unchanged when it is, is newer, or cannot be read."""
    parsed = parse(text)
    was = version_of(parsed.root)
    changes: list[str] = []
    for version in range(was, CURRENT) if parsed.whole else ():
        root = parse(text).root
        edits = [edit for row in MIGRATIONS[version] for edit in _find(root, row.path, row.to)]
        changes += [f"line {key.line}: {key.text!r} is called {to!r} now" for key, to in edits]
        edits += [(value, str(version + 1)) for key, value in root.pairs if key.text == "version"]
        text = _edit(text, edits)
    return Migrated(text, was, tuple(changes))


def _find(node: Node, path: tuple[str, ...], to: str) -> Iterator[tuple[Node, str]]:
    first, *rest = path
    for key, value in node.pairs:
        if first in {"*", key.text}:
            if rest:
                yield from _find(value, tuple(rest), to)
            else:
                yield key, to


def _edit(text: str, edits: list[tuple[Node, str]]) -> str:
    """Other words in the places of these scalars, and not one other character changed."""
    lines = _LINE.split(text)
    for scalar, to in sorted(edits, key=lambda edit: (edit[0].line, edit[0].column), reverse=True):
        line, at = lines[scalar.line - 1], scalar.column - 1
        at += 0 if scalar.plain else 1
        if line.startswith(scalar.text, at):
            lines[scalar.line - 1] = line[:at] + to + line[at + len(scalar.text) :]
    return "".join(lines)
