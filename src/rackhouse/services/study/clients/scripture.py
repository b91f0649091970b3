"""Scripture's service: the text store, and the reader of references."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from msgspec import Struct

from rackhouse.services.study.clients.http import Door, away
from rackhouse.services.study.model.canon import Book, Canon
from rackhouse.services.study.model.commenting import Comment, Commentary
from rackhouse.services.study.model.evidence import Translation, Words
from rackhouse.services.study.model.found import Found, Hit, Range, Refused, Results, Word
from rackhouse.services.study.model.words import STOP, words

_MOST = 7_000  # characters in which references are looked for


class _Books(Struct):
    books: tuple[Book, ...]


class _Translations(Struct):
    translations: tuple[Translation, ...]


class _References(Struct):
    references: tuple[Found, ...]


class _Passage(Struct):
    first: int
    last: int
    texts: tuple[Words, ...]


class _Passages(Struct):
    reference: str
    passages: tuple[_Passage, ...]


class _Verse(Struct):
    id: int


class _Search(Struct):
    hits: tuple[_Verse, ...] = ()
    perhaps: tuple[str, ...] = ()


class _Link(Struct):
    first: int
    last: int
    votes: int = 0


class _Cross(Struct):
    references: tuple[_Link, ...] = ()


class _Name(Struct):
    id: str


class _Topics(Struct):
    topics: tuple[_Name, ...] = ()


class _Line(Struct):
    references: tuple[_Link, ...] = ()


class _Topic(Struct):
    lines: tuple[_Line, ...] = ()


class _Rendering(Struct):
    text: str = ""
    count: int = 0


class _Definition(Struct):
    name: str = ""
    text: str = ""


class _Occurrence(Struct):
    id: int


class _Strong(Struct):
    count: int = 0
    renderings: tuple[_Rendering, ...] = ()
    occurrences: tuple[_Occurrence, ...] = ()
    definition: _Definition | None = None


class _Works(Struct):
    works: tuple[Commentary, ...] = ()


class _Entries(Struct):
    entries: tuple[Comment, ...] = ()
    next: int | None = None


class ScriptureClient:
    """Over HTTP."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._canon: Canon | None = None

    async def canon(self) -> Canon:
        """The books; asked once."""
        if self._canon is None:
            self._canon = Canon((await self._door.get("/v1/books", _Books)).books)
        return self._canon

    async def translations(self) -> Sequence[Translation]:
        """What is held."""
        return (await self._door.get("/v1/translations", _Translations)).translations

    async def works(self) -> Sequence[Commentary]:
        """Those that are installed."""
        return (await self._door.get("/v1/works", _Works)).works

    async def comments(self, work: str, verses: Range) -> Sequence[Comment]:
        """What it says of any of these verses, in its order."""
        path = f"/v1/works/{quote(work, safe='')}/entries"
        asked, after = _plainly(await self.canon(), verses), ""
        found: list[Comment] = []
        while True:
            told = await self._door.get(path, _Entries, ref=asked, after=after)
            found += told.entries
            if told.next is None:
                return found
            after = str(told.next)

    async def references(self, text: str, *, question: bool = False) -> Sequence[Found]:
        """The references in a text; `question`: it asks about scripture."""
        kind = "question" if question else "prose"
        said = {"text": text[:_MOST], "as": kind}
        return (await self._door.get("/v1/references", _References, **said)).references

    async def passages(
        self, ranges: Sequence[Range], translations: Sequence[str]
    ) -> Sequence[Sequence[Words]]:
        """The words of each range, as they are written canonically: one request for all."""
        if not ranges:
            return ()
        canon = await self.canon()
        asked = "; ".join(_plainly(canon, each) for each in ranges)
        told = await self._door.get(
            "/v1/passages", _Passages, ref=asked, translation=",".join(translations)
        )
        if len(told.passages) != len(ranges):
            raise away(self._door.name, "it answers other passages than it was asked for")
        return tuple(each.texts for each in told.passages)

    async def found(self, query: str, limit: int) -> Results:
        """Verses by their words, best first."""
        plain = " ".join(each for each, _, _ in words(query) if each not in STOP)
        if not plain:
            return Results()
        told = await self._door.get(
            "/v1/search", _Search, q=plain[:300], order="best", limit=str(limit)
        )
        count = max(len(told.hits), 1)
        hits = (
            Hit(collection="scripture", passage=str(each.id), score=1 - at / count)
            for at, each in enumerate(told.hits)
        )
        return Results(hits=tuple(hits), degraded=("everything but plain words",))

    async def spelt(self, word: str) -> bool:
        """Whether a text has it, or a word that is spelt nearly so."""
        held = ",".join(each.id for each in await self.translations())
        told = await self._door.get(
            "/v1/search", _Search, q=word[:100], limit="1", translation=held
        )
        return bool(told.hits or told.perhaps)

    async def cross(self, verse: int) -> Sequence[Range]:
        """Its cross-references, best first."""
        canon = await self.canon()
        path = f"/v1/references/{quote(_plainly(canon, (verse, verse)), safe='')}/cross"
        told = await self._door.get(path, _Cross)
        best = sorted(told.references, key=lambda it: -it.votes)
        return [(each.first, each.last) for each in best]

    async def topic(self, subject: str) -> Sequence[Range]:
        """What a topical work has on it: of the first topic that is found."""
        names = (await self._door.get("/v1/topics", _Topics, q=subject)).topics
        if not names:
            raise Refused("there is no such topic")
        told = await self._door.get(f"/v1/topics/{quote(names[0].id, safe='')}", _Topic)
        return [(each.first, each.last) for line in told.lines for each in line.references]

    async def strongs(self, number: str) -> Word:
        """A word of the original."""
        told = await self._door.get(f"/v1/strongs/{quote(number, safe='')}", _Strong)
        meant = f"{told.definition.text[:600]} ({told.definition.name})." if told.definition else ""
        rendered = ", ".join(f"{each.text} ({each.count})" for each in told.renderings[:12])
        says = f"{number}: {meant} {told.count} times; rendered: {rendered}"
        return Word(says=says, ranges=tuple((each.id, each.id) for each in told.occurrences))


def _plainly(canon: Canon, verses: Range) -> str:
    """With chapter and verse at both ends, so that nothing before it has a say."""
    (first, last), book = verses, canon.book(verses[0]).code
    begins = f"{book} {first // 1000 % 1000}:{first % 1000}"
    if first == last:
        return begins
    end = f"{last // 1000 % 1000}:{last % 1000}"
    if first // 1_000_000 != last // 1_000_000:
        end = f"{canon.book(last).code} {end}"
    return f"{begins}-{end}"
