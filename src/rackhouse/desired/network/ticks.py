"""A list to tick off, as plain text or as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Steps that belong together, a sentence each."""

    title: str
    steps: tuple[str, ...]


def render(title: str, preface: str, parts: Iterable[Part], *, as_markdown: bool) -> str:
    """The list, its parts numbered, a box before each step."""
    lines = [f"# {title}" if as_markdown else title, "", *([preface, ""] if preface else [])]
    for number, part in enumerate(parts, start=1):
        lines += [f"{'## ' if as_markdown else ''}{number}. {part.title}", ""]
        lines += [f"{'- [ ]' if as_markdown else '  [ ]'} {step}" for step in part.steps]
        lines += [""]
    return "\n".join(lines).rstrip() + "\n"


def columns(head: Sequence[str], rows: Sequence[Sequence[str]], *, as_markdown: bool) -> str:
    """A table. In plain text, columns are as wide as what is in them."""
    if as_markdown:
        return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = (head, ["-" * width for width in widths], *rows)
    return "\n".join(_line(row, widths) for row in lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip()
