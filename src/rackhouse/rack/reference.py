"""The reference pages of the rack file and of its rules, from the code itself.

`python -m rackhouse.rack.reference rack-file` (or `rules`) prints one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.kit import yaml
from rackhouse.rack import migrate, read
from rackhouse.rack.boards import BOARDS
from rackhouse.rack.fields import OFF, REQUIRED, Field, Listing, Named, Shape, Struct, fields_of
from rackhouse.rack.kinds import PORTS, show_bytes
from rackhouse.rack.model import Rack
from rackhouse.rack.rules import RULES
from rackhouse.rack.scalars import Scalar
from rackhouse.rack.write import scalar

_GENERATED = "<!-- Generated from src/rackhouse/rack; change the code instead. -->"
_INTRODUCTION = """\
One file describes everything: `rack.yaml`. An empty one, or none at all, is a rack of one machine,
and every key below has a default unless it is *required*. `rackhouse schema` prints the same as a
JSON Schema, for editors. What a file may not say, and why, is on [the page of rules](rules.md).

A value is what its key takes it for, never what YAML guesses: `no` is a fine name, `010` is refused
as a number. Anchors, tags and second documents are not read."""


def rack_file() -> str:
    """`docs/reference/rack-file.md`."""
    parts = ["# The rack file", _GENERATED, _INTRODUCTION, *_struct("", Rack)]
    parts += [
        "## Boards",
        "What `board` fills in, where the node does not say it itself.",
        _boards(),
    ]
    ports = ", ".join(f"`{name}` ({number})" for name, number in PORTS.items())
    parts += ["## Names of ports", f"In `reach`: {ports}, and `any`."]
    return "\n\n".join(parts) + "\n"


def rules() -> str:
    """`docs/reference/rules.md`."""
    why = {rule.name: rule.why for rule in RULES}
    parts = ["# What a rack file may not say, and why", _GENERATED]
    parts.append("All problems of a file come in one answer, each with its line, rule and fix.")
    parts += ["## What makes no sense", _definitions(why)]
    parts += ["## What has the wrong shape", _definitions(read.RULES | migrate.RULES)]
    parts += ["## What is not YAML as we read it", _definitions(yaml.RULES)]
    return "\n\n".join(parts) + "\n"


def _definitions(why: Mapping[str, str]) -> str:
    return "\n".join(f"- **`{name}`**: {why[name]}" for name in sorted(why))


def _struct(path: str, cls: type[Any], *, named: bool = False) -> Iterator[str]:
    fields = [f for f in fields_of(cls).values() if not (named and f.name == "name")]
    yield f"## `{path}`" if path else "## The file"
    yield (cls.__doc__ or "").strip().replace("\n    ", "\n")
    rows = [
        "| key | takes | default | what it is for | example |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows += [_row(field) for field in fields]
    yield "\n".join(rows)
    for field in fields:
        inner = f"{path}.{field.key}" if path else field.key
        shape = field.shape.item if isinstance(field.shape, Listing) else field.shape
        mark = "[]" if isinstance(field.shape, Listing) else ""
        if isinstance(shape, Struct):
            yield from _struct(f"{inner}{mark}", shape.cls)
        elif isinstance(shape, Named):
            yield from _struct(f"{inner}.NAME", shape.cls, named=True)


def _row(field: Field) -> str:
    example = field.example
    if isinstance(field.shape, Scalar):
        example = scalar(example, field.shape)
    example = f"`{field.key}: {example}`" if example else "see below"
    takes = _takes(field.shape) + (f", or `{OFF}`" if field.off else "")
    return f"| `{field.key}` | {takes} | {_default(field)} | {field.doc} | {example} |"


def _takes(shape: Shape) -> str:
    if isinstance(shape, Scalar):
        few = shape.words if len(shape.words) < 9 else ()
        return " \\| ".join(f"`{word}`" for word in few) or shape.word
    if isinstance(shape, Listing):
        return f"list of {_takes(shape.item)}"
    return "mapping from names" if isinstance(shape, Named) else "mapping"


def _default(field: Field) -> str:
    if field.default is REQUIRED:
        return "*required*"
    if isinstance(field.shape, Scalar) and field.default:
        return f"`{field.shape.show(field.default)}`"
    return ""


def _boards() -> str:
    rows = ["| board | arch | cores | memory | watts | page size |", "| --- " * 6 + "|"]
    for name, board in BOARDS.items():
        memory = show_bytes(board.memory) if board.memory else ""
        known = f"{board.cpus or ''} | {memory} | {board.watts or ''}"
        rows.append(f"| `{name}` | {board.arch} | {known} | {board.page_size // 1024} KiB |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write({"rack-file": rack_file, "rules": rules}[sys.argv[1]]())
