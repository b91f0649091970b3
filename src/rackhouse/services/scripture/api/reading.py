"""The paths: each reads what is asked, asks the service, and shapes what it says."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.api import shapes, shaping
from rackhouse.services.scripture.api.answers import kept, wants_plain
from rackhouse.services.scripture.api.asking import asked
from rackhouse.services.scripture.api.margins import included
from rackhouse.services.scripture.model.canon.books import BOOKS, Book
from rackhouse.services.scripture.model.reference import Found, Range, Reference
from rackhouse.services.scripture.model.references.find import find
from rackhouse.services.scripture.model.references.whole import whole
from rackhouse.services.scripture.service import library
from rackhouse.services.scripture.service.library import Library

# Characters in which references are looked for: uvicorn reads 64 KiB of a head, and a character may
# be nine of them in an address.
MOST_TEXT = 7_000


class Reading:
    """What one may read out of a library."""

    def __init__(self, held: Library) -> None:
        self._library = held

    async def translations(self, request: Request) -> Response:
        """`GET /v1/translations`."""
        told = shaping.translations(self._library.translations)
        return kept(request, shapes.Translations(translations=told))

    async def passages(self, request: Request) -> Response:
        """`GET /v1/passages?ref=&translation=&include=`. The digest is of the words alone."""
        said = asked(request, "ref", "John 3:16")
        reference = library.referred(said)
        chosen = self._library.chosen(asked(request, "translation", "kjv,asv", needed=False))
        some = chosen.translations
        include = included(asked(request, "include", "words,notes", needed=False))
        # How other writings are read may change, and an answer that is kept for ever may not.
        pinned = chosen.pinned and not include and said == str(reference)
        if wants_plain(request):
            return kept(request, shaping.plain(reference, some), pinned=pinned)
        return kept(request, shaping.passages(reference, some, include), pinned=pinned)

    async def books(self, request: Request) -> Response:
        """`GET /v1/books`."""
        return kept(request, shapes.Books(books=tuple(_book(each) for each in BOOKS)))

    async def chapter(self, request: Request) -> Response:
        """`GET /v1/books/{book}/chapters/{chapter}`."""
        book = library.book_named(request.path_params["book"])
        number = library.chapter_of(book, request.path_params["chapter"])
        chosen = self._library.chosen(asked(request, "translation", "kjv,asv", needed=False))
        verses = Range(book.first(number), book.last(number))
        sure = {book.code, str(book.id), book.english}
        include = included(asked(request, "include", "words,notes", needed=False))
        pinned = chosen.pinned and not include and request.path_params["book"] in sure
        if wants_plain(request):
            text = shaping.plain(Reference((verses,)), chosen.translations)
            return kept(request, text, pinned=pinned)
        before, after = library.beside(book, number)
        told = shapes.Chapter(
            reference=str(verses),
            book=book.code,
            chapter=number,
            texts=shaping.texts(verses, chosen.translations, include),
            translations=shaping.translations(chosen.translations),
            before=_place(before),
            after=_place(after),
        )
        return kept(request, told, pinned=pinned)

    async def references(self, request: Request) -> Response:
        """`GET /v1/references?text=&as=`."""
        text = asked(request, "text", "as John 3:16 says")
        kind = asked(request, "as", "question", needed=False) or "prose"
        if kind not in _KINDS:
            raise BadRequest(
                f"a text cannot be read as {kind[:20]!r}",
                fix=f"say one of: {', '.join(_KINDS)}",
                param="as",
            )
        if len(text) > MOST_TEXT:
            raise BadRequest(
                f"the text has {len(text)} characters, and {MOST_TEXT} are read",
                fix="send a part of it at a time",
                param="text",
            )
        told = tuple(
            shapes.Found(
                start=each.start,
                end=each.end,
                text=text[each.start : each.end],
                reference=str(each.reference),
                ranges=tuple((it.first, it.last) for it in each.reference.ranges),
            )
            for each in _found(text, question=kind == "question")
        )
        return kept(request, shapes.References(references=told))


_KINDS = ("prose", "question")


def _found(text: str, *, question: bool) -> tuple[Found, ...]:
    """The references of a text; one, where it is a reference and nothing else."""
    if (reference := whole(text)) is None:
        return tuple(find(text, question=question))
    start = len(text) - len(text.lstrip())
    return (Found(start, len(text.rstrip()), reference),)


def _book(book: Book) -> shapes.Book:
    return shapes.Book(
        id=book.id,
        code=book.code,
        english=book.english,
        spanish=book.spanish,
        verses=book.verses,
    )


def _place(place: tuple[Book, int] | None) -> shapes.Place | None:
    return shapes.Place(book=place[0].code, chapter=place[1]) if place else None
