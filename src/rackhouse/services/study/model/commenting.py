"""Commentaries as retrieval keeps them: remarks on verses, which are found by what is said about
them. A commentary is never found itself, and never quoted. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from rackhouse.services.study.model.canon import CHAPTER, Canon
from rackhouse.services.study.model.collecting import Document, Given

_LONGEST = 4_000  # characters: what is longer is an essay, and each verse of its psalm is its own
_WIDEST = 200  # verses: what is about more of them is about none in particular
# `The prodigal son, his wickedness and distress.(11-16)`: what those verses are about.
_OUTLINE = re.compile(r"(.*\w)\W*\((\d+)(?:\s*[-\N{EN DASH},]\s*(\d+))?\)\W*")
_TITLE = re.compile(r"(?:Chapter|Verses?)\b[\W\d]*(?:Outline)?\W*")


class Commentary(Struct, frozen=True, kw_only=True):
    """A work that goes through scripture. `digest` is that of all its words."""

    id: str
    kind: str
    language: str
    attribution: str
    digest: str


class Comment(Struct, frozen=True, kw_only=True):
    """What it says of the verses from `first` to `last`; a line is a paragraph."""

    first: int
    last: int
    text: str = ""


def taken(works: Sequence[Commentary], language: str) -> list[Commentary]:
    """The commentaries in that language."""
    spoken = language.partition("-")[0]
    return [
        each
        for each in works
        if each.kind == "commentary" and each.language.partition("-")[0] == spoken
    ]


def remarks(canon: Canon, work: Commentary, comments: Iterable[Comment]) -> list[Document]:
    """A document for each chapter that comments begin in, the `opening` first."""
    chapters: dict[int, list[Given]] = {}
    for comment in comments:
        for first, last, text in _parted(comment):
            about = tuple(map(str, canon.verses(first, last)))
            if len(about) <= _WIDEST and len(text) <= _LONGEST:
                some = chapters.setdefault(comment.first // CHAPTER, [])
                some.append(Given(id=str(len(some)), texts={work.id: text}, about=about))
    return [
        Document(
            id=f"{work.id}.{number}",
            title=work.id,
            licence=work.attribution,
            attributes={"digest": work.digest},
            passages=tuple(some),
        )
        for number, some in enumerate(chapters.values())
    ]


def opening(work: Commentary) -> str:
    """The document that there is of each."""
    return f"{work.id}.0"


def _parted(comment: Comment) -> Iterator[tuple[int, int, str]]:
    """Its paragraphs together; and each line of an outline, which is of verses of its own."""
    chapter, plain = comment.first // CHAPTER * CHAPTER, []
    for line in comment.text.splitlines():
        outline = _OUTLINE.fullmatch(line)
        if outline:
            first = int(outline[2])
            yield chapter + first, chapter + max(first, int(outline[3] or first)), outline[1] + "."
        elif not _TITLE.fullmatch(line):
            plain.append(line)
    text = "\n".join(plain).strip()
    if text:
        yield comment.first, comment.last, text
