"""Blocks into passages: some sentences each, under the headings that they stand under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rackhouse.services.retrieval.model.chunking.blocks import Block, Blocks
from rackhouse.services.retrieval.model.chunking.sentences import sentences

ENOUGH: Final = 80  # words: the next one begins at the next sentence that would be too much
MOST: Final = 120
_LONGEST: Final = 1_200  # characters of one piece: scripts without spaces have no words
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """`text` is the document's from `start` up to `end`."""

    start: int
    end: int
    text: str
    headings: tuple[str, ...]


@dataclass(slots=True)
class _Piece:
    """What is not cut further; a heading where it has a `level`."""

    start: int
    end: int
    words: int
    level: int = 0
    title: str = ""


def packed(source: Blocks) -> list[Chunk]:
    """Passages in their order. Each character that is no white space is in exactly one."""
    chunks: list[Chunk] = []
    path: list[tuple[int, str]] = []
    open_: list[_Piece] = []
    for piece in _pieces(source):
        if open_ and _breaks(open_, piece):
            chunks.append(_chunk(source.text, open_, path))
            open_ = []
        if piece.level:
            path = [each for each in path if each[0] < piece.level]
            path.append((piece.level, piece.title))
        open_.append(piece)
    if open_:
        chunks.append(_chunk(source.text, open_, path))
    return chunks


def _breaks(open_: list[_Piece], piece: _Piece) -> bool:
    """Whether a new one begins with it. Headings stay with what follows them."""
    words = sum(each.words for each in open_)
    if piece.level:
        return any(not each.level for each in open_) or words > MOST
    long = piece.end - open_[0].start > _LONGEST
    return words + piece.words > MOST or (words >= ENOUGH) or long


def _chunk(text: str, pieces: list[_Piece], path: Iterable[tuple[int, str]]) -> Chunk:
    start, end = pieces[0].start, pieces[-1].end
    return Chunk(start, end, text[start:end], tuple(title for _, title in path if title))


def _pieces(source: Blocks) -> Iterator[_Piece]:
    for block in source.blocks:
        yield from _of(source.text, block)


def _of(text: str, block: Block) -> Iterator[_Piece]:
    words = _count(text, block.start, block.end)
    if block.level or (block.whole and words <= MOST and block.end - block.start <= _LONGEST):
        yield from _cut(text, block.start, block.end, block.level, block.title)
        return
    for start, end in sentences(text, block.start, block.end):
        yield from _cut(text, start, end)


def _cut(text: str, start: int, end: int, level: int = 0, title: str = "") -> Iterator[_Piece]:
    """A piece, in several where it is too long: between words, or within one that has no end."""
    at, last, words = start, start, 0
    for found in _WORD.finditer(text, start, end):
        if words and (words == MOST or found.end() - at > _LONGEST):
            yield _Piece(at, last, words, level, title)
            at, words = found.start(), 0
        while found.end() - at > _LONGEST:
            yield _Piece(at, at + _LONGEST, 1, level, title)
            at += _LONGEST
        words, last = words + 1, found.end()
    if at < last:
        yield _Piece(at, last, words, level, title)


def _count(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _WORD.finditer(text, start, end))
