"""A chapter, in one translation or in several beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import NotFound
from rackhouse.services.scripture.api.pages import columns, setting
from rackhouse.services.scripture.api.pages.aside import aside
from rackhouse.services.scripture.api.pages.cells import Cell, Column
from rackhouse.services.scripture.api.pages.columns import Columns
from rackhouse.services.scripture.api.pages.desk import Desk, moved
from rackhouse.services.scripture.model.canon.books import Book
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.service import library

_SPAN = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?")
_MOST_SPANS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A verse in each translation; None where one does not have it."""

    id: int
    cells: tuple[Cell | None, ...]
    lit: bool = False


def rows(verses: Range, columns: Sequence[Column], lit: frozenset[int] = frozenset()) -> list[Row]:
    """A range, verse by verse."""
    held = [{it.id: it for it in each.held.within(verses)} for each in columns]
    return [
        Row(
            id,
            tuple(
                column.cell(each[id], studied=id in lit) if id in each else None
                for column, each in zip(columns, held, strict=True)
            ),
            lit=id in lit,
        )
        for id in verses.verses()
    ]


class Reading:
    """`/read/JHN/3`, and with verses of it lit `/read/JHN/3/16-18`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def book(self, request: Request) -> Response:
        """`/read/JHN`: where it begins."""
        book = library.book_named(request.path_params["book"])
        return moved(f"/read/{book.code}/1{_query(request)}")

    async def chapter(self, request: Request) -> Response:
        """The chapter, with what stands before and after it."""
        held, said = self._desk.library, request.path_params
        book = library.book_named(said["book"])
        number = library.chapter_of(book, said["chapter"])
        verses = said.get("verses", "")
        lit = frozenset(_lit(book, number, verses))
        path = f"/read/{book.code}/{number}" + (f"/{verses}" if verses else "")
        own = "" if columns.said(request) else columns.kept(request, held)
        if said["book"] != book.code or str(number) != said["chapter"] or own:
            return moved(path + (own or _query(request)), status=307)
        if again := self._desk.again(request):
            return again
        shown = columns.of(request, held)
        return self._shown(request, book, number, lit, shown)

    def _shown(
        self, request: Request, book: Book, number: int, lit: frozenset[int], shown: Columns
    ) -> Response:
        whole = Range(book.first(number), book.last(number))
        before, after = library.beside(book, number)
        some = [Column(each) for each in shown.translations]
        span = Range(min(lit), max(lit)) if lit else None
        return self._desk.page(
            request,
            "reading",
            by_cookie=not columns.said(request),
            lasting=True,
            held=book,
            number=number,
            called=setting.chapter(book, number, shown.language),
            columns=shown,
            rows=rows(whole, some, lit),
            notes=[each for column in some for each in column.notes],
            lit=span,
            aside=aside(self._desk, span, shown.translations[0]) if span else None,
            before=before,
            after=after,
        )


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""


def _lit(book: Book, number: int, said: str) -> Iterator[int]:
    """The verses of `16-18,20`. NotFound."""
    if not said:
        return
    most = book.verses[number - 1]
    for each in said.split(",", _MOST_SPANS)[:_MOST_SPANS]:
        found = _SPAN.fullmatch(each)
        first = int(found[1]) if found else 0
        last = int(found[2] or first) if found else 0
        if not 1 <= first <= last <= most:
            raise NotFound(
                f"{book.english} {number} has no verses {said[:20]!r}",
                fix=f"ask for some of 1 to {most}, as /read/{book.code}/{number}/1-{most}",
                param="verses",
            )
        yield from range(book.first(number, first), book.first(number, last) + 1)
