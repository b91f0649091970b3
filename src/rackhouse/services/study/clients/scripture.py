"""Scripture's service: the text store, and the reader of references."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from rackhouse.services.study.clients.http import Door, away
from rackhouse.services.study.model.canon import Book, Canon
from rackhouse.services.study.model.evidence import Translation, Words
from rackhouse.services.study.model.found import Found, Range

_MOST = 7_000  # characters in which references are looked for


class _Books(Struct):
    books: tuple[Book, ...]


class _Translations(Struct):
    translations: tuple[Translation, ...]


class _References(Struct):
    references: tuple[Found, ...]


class _Passage(Struct):
    texts: tuple[Words, ...]


class _Passages(Struct):
    passages: tuple[_Passage, ...]


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

    async def references(self, text: str) -> Sequence[Found]:
        """The references in a text."""
        told = await self._door.get("/v1/references", _References, text=text[:_MOST])
        return told.references

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
