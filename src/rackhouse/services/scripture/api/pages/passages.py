"""Several passages on one page, in the order in which their reference names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import Problem
from rackhouse.services.scripture.api.pages import columns
from rackhouse.services.scripture.api.pages.cells import Column
from rackhouse.services.scripture.api.pages.desk import Desk
from rackhouse.services.scripture.api.pages.places import Places
from rackhouse.services.scripture.api.pages.reading import Row, rows
from rackhouse.services.scripture.model.canon.books import Book, book_of, place_of
from rackhouse.services.scripture.model.reference import Range, Reference, written
from rackhouse.services.scripture.service import library


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of a passage is in one chapter."""

    range: Range
    held: Book
    number: int
    called: str
    rows: list[Row]


class Passages:
    """`/passages?ref=`."""

    def __init__(self, desk: Desk, places: Places) -> None:
        self._desk = desk
        self._places = places

    async def passages(self, request: Request) -> Response:
        """Each range of the reference, as long as one answer holds them."""
        said = request.query_params.get("ref", "")
        shown = columns.of(request, self._desk.library)
        try:
            reference = library.referred(said)
        except Problem as problem:
            return self._places.perhaps(request, said, problem)
        some = [Column(each) for each in shown.translations]
        return self._desk.page(
            request,
            "passages",
            reference=str(reference),
            parts=list(_parts(reference, some)),
            notes=[each for column in some for each in column.notes],
            columns=shown,
        )


def _parts(reference: Reference, some: list[Column]) -> Iterator[Part]:
    for each in reference.ranges:
        for part in chapters(each):
            book, (number, _) = book_of(part.first), place_of(part.first)
            yield Part(
                range=part,
                held=book,
                number=number,
                called=written(part),
                rows=rows(part, some),
            )


def chapters(verses: Range) -> Iterator[Range]:
    """A range, chapter by chapter."""
    first = verses.first
    while first <= verses.last:
        book, (number, _) = book_of(first), place_of(first)
        last = min(verses.last, book.last(number))
        yield Range(first, last)
        after = library.beside(book, number)[1]
        if after is None:
            return
        first = after[0].first(after[1])
