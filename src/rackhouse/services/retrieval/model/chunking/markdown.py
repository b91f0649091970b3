"""Markdown by its lines: headings, fenced code, and paragraphs between them. The text stays as it
was written, so that spans are those of the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rackhouse.services.retrieval.model.chunking.blocks import Block, Blocks, paragraphs, trimmed

_HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")


def of_markdown(text: str) -> Blocks:
    """Its blocks."""
    return Blocks(text, tuple(_blocks(text)))


def _blocks(text: str) -> Iterator[Block]:
    since = 0  # where what is not told yet begins
    first: tuple[int, int] | None = None  # line of the paragraph that is being read
    lines = 0  # that it has so far
    fence = ""
    for start, end in _lines(text):
        line = text[start:end]
        if fence:
            if _closes(line, fence):
                yield Block(*trimmed(text, since, end), whole=True)
                since, fence = end, ""
            continue
        opened, found = _FENCE.match(line), _HEADING.match(line)
        under = _UNDERLINE.match(line) if first and lines == 1 else None
        if opened:
            yield from paragraphs(text, since, start)
            since, fence = start, opened[1]
        elif found:
            yield from paragraphs(text, since, start)
            yield Block(*trimmed(text, start, end), len(found[1]), found[2] or "")
            since = end
        elif under and first:
            yield from paragraphs(text, since, first[0])
            level = 1 if under[1].startswith("=") else 2
            yield Block(*trimmed(text, first[0], end), level, text[slice(*first)].strip())
            since = end
        elif line.strip():
            first, lines = ((start, end), 1) if not lines else (first, lines + 1)
            continue
        first, lines = None, 0
    if fence and text[since:].strip():  # never closed: to the end
        yield Block(*trimmed(text, since, len(text)), whole=True)
    else:
        yield from paragraphs(text, since, len(text))


def _closes(line: str, opened: str) -> bool:
    said = line.strip()
    return len(said) >= len(opened) and not said.strip(opened[0])


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """From where up to where, without their ends."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1
