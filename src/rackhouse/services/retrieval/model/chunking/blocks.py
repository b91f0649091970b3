"""A text as its blocks: headings and what stands between them. Nothing but white space is outside
of all blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_GAP: Final = re.compile(r"\n[ \t\r\f\v]*\n\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """Characters from `start` up to `end`. `level` 1 to 6 of a heading that says `title`, 0 else.
    What is `whole` is not cut at sentences: code, a table.
    """

    start: int
    end: int
    level: int = 0
    title: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Blocks:
    """`text` is what spans are counted in."""

    text: str
    blocks: tuple[Block, ...]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without white space at its ends; empty where there is nothing else."""
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    return (start + left, start + len(part.rstrip())) if left < len(part) else (start, start)


def paragraphs(text: str, start: int = 0, end: int | None = None) -> Iterator[Block]:
    """What empty lines divide."""
    end = len(text) if end is None else end
    at = start
    for gap in _GAP.finditer(text, start, end):
        yield from _block(text, at, gap.start())
        at = gap.end()
    yield from _block(text, at, end)


def _block(text: str, start: int, end: int) -> Iterator[Block]:
    start, end = trimmed(text, start, end)
    if start < end:
        yield Block(start, end)


def of_text(text: str) -> Blocks:
    """A plain text. It has no headings that one could be sure of."""
    return Blocks(text, tuple(paragraphs(text)))
