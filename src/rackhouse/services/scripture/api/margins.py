"""What stands beside the verses, as far as `include` asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import UNSET

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.api import shapes
from rackhouse.services.scripture.model.annotations import Heading, Margin, Note
from rackhouse.services.scripture.model.canon.books import BY_CODE
from rackhouse.services.scripture.model.reference import Range

Include = frozenset[str]
KINDS = ("words", "notes", "headings")


def included(said: str) -> Include:
    """A list such as `words,notes`. BadRequest."""
    asked = frozenset(each.strip() for each in said.split(",") if each.strip())
    if wrong := sorted(asked - {*KINDS}):
        raise BadRequest(
            f"{wrong[0][:40]!r} cannot be included",
            fix=f"ask for some of: {', '.join(KINDS)}",
            param="include",
        )
    return asked


def beside(margin: Margin, verses: Range, include: Include) -> Iterator[shapes.Beside]:
    """Of each verse that has any of it."""
    for id in verses.verses():
        has = margin.of(id)
        words, notes, headings = (
            kept if name in include else ()
            for name, kept in zip(KINDS, (has.words, has.notes, has.headings), strict=True)
        )
        if words or notes or headings:
            yield shapes.Beside(
                id=id,
                words=tuple(
                    shapes.Word(start=it.start, end=it.end, strongs=it.strongs) for it in has.words
                )
                if words
                else UNSET,
                notes=_notes(has.notes) if notes else UNSET,
                headings=_notes(has.headings) if headings else UNSET,
            )


def _notes(some: Iterable[Note | Heading]) -> tuple[shapes.Note, ...]:
    return tuple(shapes.Note(at=it.at, kind=it.kind, text=it.text) for it in some)


def named(number: str) -> str:
    """`ROM 14:24` with the name of its book."""
    code, _, rest = number.partition(" ")
    return f"{BY_CODE[code].english} {rest}"
