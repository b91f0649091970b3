"""The ways in: the start page, the books, and going to what a person types."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import NotFound, Problem
from rackhouse.services.scripture.api.pages import columns, setting
from rackhouse.services.scripture.api.pages.desk import Desk, moved
from rackhouse.services.scripture.model.canon.books import book_of, place_of
from rackhouse.services.scripture.model.canon.sections import SHELVES
from rackhouse.services.scripture.model.plans.plans import PLANS, day_of
from rackhouse.services.scripture.model.plans.verses import of_day
from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.reference import Range, Reference
from rackhouse.services.scripture.model.references.parse import parse

_LONGEST = 1_000


class Places:
    """`/`, `/books`, `/go`, `/about`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def home(self, request: Request) -> Response:
        """Where one was, today's verse and reading, the books."""
        today = self._desk.today()
        verse, plan = of_day(today), PLANS[0]
        return self._desk.page(
            request,
            "home",
            shelves=SHELVES,
            verse=verse,
            said=list(self._desk.library.translations[0].within(verse)),
            plan=plan,
            readings=day_of(plan, today).readings,
        )

    async def books(self, request: Request) -> Response:
        """Every book with its chapters."""
        if again := self._desk.again(request):
            return again
        shown = columns.of(request, self._desk.library)
        return self._desk.page(request, "books", lasting=True, shelves=SHELVES, columns=shown)

    async def about(self, request: Request) -> Response:
        """Whose words these are, and on which terms."""
        return self._desk.page(request, "about")

    async def nowhere(self, _: Request) -> Response:
        """`/ask`, which is study's where that runs at this host. NotFound."""
        raise NotFound(
            "nobody answers questions at this address",
            fix="the application `study` does: put it into the rack file, or search for words",
        )

    async def go(self, request: Request) -> Response:
        """To what was typed; where it is no reference, what was perhaps meant."""
        said = request.query_params.get("ref", "").strip()[:_LONGEST]
        query = columns.of(request, self._desk.library).query
        if not said:
            return moved(f"/books{query}")
        try:
            return moved(place_of_reference(parse(said), query))
        except Problem as problem:
            return self.perhaps(request, said, problem)

    def perhaps(self, request: Request, said: str, problem: Problem) -> Response:
        """A page that says what is wrong with it, and what was perhaps meant."""
        at = problem.at if isinstance(problem, BadReference) else None
        return self._desk.page(
            request, "perhaps", status=problem.status, said=said, at=at, problem=problem
        )


def place_of_reference(reference: Reference, query: str) -> str:
    """The page that shows it: a chapter, else a page of passages."""
    first = reference.ranges[0]
    one = len(reference.ranges) == 1 and _within_a_chapter(first)
    if not one:
        mark = "&" if query else "?"
        return f"/passages{query}{mark}ref={quote(str(reference), safe=':;-')}"
    at = place_of(first.first)[1]
    path = setting.reading(first)
    return path + query + (f"#v{at}" if path.count("/") == 4 else "")


def _within_a_chapter(verses: Range) -> bool:
    """A book as a whole begins with its first chapter."""
    book, (chapter, _) = book_of(verses.first), place_of(verses.first)
    if verses == Range(book.first(), book.last()):
        return True
    return book is book_of(verses.last) and chapter == place_of(verses.last)[0]
