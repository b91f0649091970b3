"""YAML as people write it: text in, a tree that knows its lines out. Pure.

A scalar stays the text that was written. What it means, the reader's field decides, never YAML's
guess: a country `no` is not false, `1:30` is not 90, `010` is not 8. And only plain data is read:
no anchors, tags or second documents, so a small file cannot become a large one (a "YAML bomb"), and
what a line says is never decided on another line.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rackhouse.kit.errors import FileError, Problem

MAX_BYTES = 2**20
MAX_DEPTH = 50

RULES = {
    "yaml-too-large": "A file written by a person is far below 1 MiB; a larger one is a mistake.",
    "yaml-too-deep": "More than 50 levels is no configuration but an attack on the reader.",
    "yaml-character": "A control character cannot be seen, so nobody could find what it breaks.",
    "yaml-syntax": "The text is not YAML.",
    "yaml-tab": "YAML forbids tabs as indentation, since editors disagree on their width.",
    "yaml-documents": "One file is one document; a second one after `---` would be lost.",
    "yaml-anchor": (
        "Anchors and aliases let a line mean what another line says, and let ten lines become ten "
        "million values (a YAML bomb)."
    ),
    "yaml-tag": "Tags ask the reader to build objects; all that is read here is plain data.",
    "yaml-key": "A key is a word; a list, a mapping or a number as key is a slip in the layout.",
    "yaml-boolean-key": (
        "YAML 1.1, which many tools still speak, reads on, off, yes, no, true and false as "
        "booleans, keys too."
    ),
    "duplicate-key": "YAML readers silently keep one of two equal keys, and not always the same.",
}

_HARMLESS = {"yaml-tag", "yaml-key", "yaml-boolean-key", "duplicate-key"}  # the rest is readable


class Kind(StrEnum):
    """What a node is."""

    SCALAR = "scalar"
    SEQUENCE = "sequence"
    MAPPING = "mapping"


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the file: `text` of a scalar, `items` of a sequence, `pairs` of a mapping.

    `line` and `column` count from 1. `plain`: a scalar written without quotes, so that a field
    that takes several types can tell `5` from `"5"`.
    """

    kind: Kind
    line: int
    column: int
    text: str = ""
    items: tuple[Node, ...] = ()
    pairs: tuple[tuple[Node, Node], ...] = ()
    plain: bool = False

    @property
    def empty(self) -> bool:
        """Nothing was written: `key:`, `key: ~` or `key: null`."""
        return self.kind is Kind.SCALAR and self.plain and self.text in {"", "~", "null"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree with what is wrong in it. `whole`: worth looking into, despite the problems."""

    root: Node
    problems: tuple[Problem, ...]
    whole: bool


def read(text: str, *, file: str) -> Node:
    """The tree of `text`; an empty file is an empty mapping. FileError with every problem."""
    parsed = parse(text)
    if parsed.problems:
        raise FileError(file, parsed.problems)
    return parsed.root


def parse(text: str) -> Parsed:
    """The tree of `text` as far as it can be read, and every problem found on the way."""
    from rackhouse.kit import yaml_events  # late: a tenth of the time of `--help`

    root, problems = yaml_events.build(text)
    if root is None or root.empty:
        root = Node(Kind.MAPPING, 1, 1)
    return Parsed(root, problems, all(problem.rule in _HARMLESS for problem in problems))
