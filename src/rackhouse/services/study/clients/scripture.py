"""Scripture's service: the text store, and the reader of references."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from rackhouse.services.study.clients.http import Door, away
from rackhouse.services.study.model.canon import Book, Canon
from rackhouse.services.study.model.evidence import Translation, Words
from rackhouse.services.study.model.found import Found, Range, Refused

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

    async def cross(self, verse: int) -> Sequence[Range]:
        """Its cross-references, best first."""
        canon = await self.canon()
        path = f"/v1/references/{quote(_plainly(canon, (verse, verse)))}/cross"
        return _ranges(await self._door.get(path, dict[str, Any]))

    async def topic(self, subject: str) -> Sequence[Range]:
        """What a topical work has on it: of the first that is found."""
        told = await self._door.get("/v1/topics", dict[str, Any], q=subject)
        ids = [each.get("id") for each in told.get("topics", ()) if isinstance(each, dict)]
        if not ids:
            raise Refused("there is no such topic")
        path = f"/v1/topics/{quote(str(ids[0]), safe='')}"
        return _ranges(await self._door.get(path, dict[str, Any]))

    async def strongs(self, number: str) -> Sequence[Range]:
        """Where a word of the original occurs."""
        return _ranges(await self._door.get(f"/v1/strongs/{quote(number)}", dict[str, Any]))


def _ranges(told: Any) -> list[Range]:
    """Whatever has `first` and `last`, or is the number of a verse, in the order of the answer."""
    match told:
        case {"first": int(first), "last": int(last)}:
            return [(first, last)]
        case {"verses": [int(), *_] as verses}:
            return [(each, each) for each in verses if isinstance(each, int)]
        case dict():
            return [each for it in told.values() for each in _ranges(it)]
        case list():
            return [each for it in told for each in _ranges(it)]
    return []


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
