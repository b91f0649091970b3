"""Twins in memory of the services that study asks: over texts that are given, for one process."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.chat import Delta
from rackhouse.services.study.model.evidence import Translation, Verse, Words
from rackhouse.services.study.model.found import Found, Hit, Range, Refused, Results, Word
from rackhouse.services.study.model.words import content, stem, words
from rackhouse.services.study.service.seams import Guard

Texts = Mapping[str, Mapping[int, str]]
_REFERENCE = re.compile(r"((?:[1-3] )?[A-Z][a-z]+) (\d+)(?::(\d+)(?:-(\d+))?)?")


class MemoryScripture:
    """Translations by their id, verses by number. References are read in their plainest form."""

    def __init__(self, canon: Canon, texts: Texts) -> None:
        self._canon = canon
        self._texts = texts
        self.away = False

    async def canon(self) -> Canon:
        """As given."""
        self._here()
        return self._canon

    async def translations(self) -> Sequence[Translation]:
        """Of each its id alone."""
        self._here()
        return tuple(Translation(id=each, name=each.upper()) for each in self._texts)

    async def references(self, text: str, *, question: bool = False) -> Sequence[Found]:
        """Such as `John 3:16`, `John 3:16-18` and `Psalm 23`."""
        self._here()
        codes = {each.english: each.code for each in self._canon.books}
        found = []
        for each in _REFERENCE.finditer(text):
            code = codes.get(each[1], codes.get(f"{each[1]}s", ""))
            said = ".".join(it for it in (code, each[2], each[3]) if it)
            ends = self._canon.read(f"{said}-{each[4]}" if each[4] else said)
            if ends is not None:
                written = self._canon.written(*ends)
                found.append(
                    Found(start=each.start(), end=each.end(), reference=written, ranges=(ends,))
                )
        return found

    async def passages(
        self, ranges: Sequence[Range], translations: Sequence[str]
    ) -> Sequence[Sequence[Words]]:
        """What is held of them."""
        self._here()
        return [
            [self._words(each, verses) for each in translations or list(self._texts)[:1]]
            for verses in ranges
        ]

    async def found(self, query: str, limit: int) -> Results:
        """As the search in memory."""
        self._here()
        return await MemoryRetrieval(self._texts).search(query, limit=limit, collections=("",))

    async def spelt(self, word: str) -> bool:
        """Whether a text has it."""
        self._here()
        texts = (text for held in self._texts.values() for text in held.values())
        return any(word.lower() in text.lower() for text in texts)

    async def cross(self, verse: int) -> Sequence[Range]:
        """None is installed."""
        raise Refused("no source of cross-references is installed", fix="add one")

    async def topic(self, subject: str) -> Sequence[Range]:
        """None is installed."""
        raise Refused("no topical work is installed")

    async def strongs(self, number: str) -> Word:
        """None is installed."""
        raise Refused("no text with numbers of Strong's is installed")

    def _words(self, translation: str, verses: Range) -> Words:
        held = self._texts[translation]
        told = (Verse(id=it, text=held[it]) for it in self._canon.verses(*verses) if it in held)
        return Words(translation=translation, verses=tuple(told))

    def _here(self) -> None:
        if self.away:
            raise Away("scripture is away: so it was told", fix="wait")


class MemoryRetrieval:
    """Finds verses by the words that they share with the query, most of them first."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._said: dict[int, dict[str, str]] = {}  # of each verse its words by their stems
        self.asked: list[str] = []
        self.away = False

    async def search(
        self, query: str, *, limit: int, collections: Sequence[str], owner: str = ""
    ) -> Results:
        """Each verse in all its translations. No meaning is known here, and that is said."""
        self.asked.append(query)
        if self.away:
            raise Away("retrieval is away: so it was told", fix="wait")
        wanted = set(content(query))
        hits = []
        for verse, said in self._index().items():
            shared = wanted & said.keys()
            if shared:
                texts = {name: held[verse] for name, held in self._texts.items() if verse in held}
                score = len(shared) / max(len(wanted), 1)
                hits.append(
                    Hit(
                        collection=collections[0],
                        passage=str(verse),
                        texts=texts,
                        score=score,
                        signals={"words": score * score},
                        terms=tuple(sorted(said[each] for each in shared)),
                    )
                )
        hits.sort(key=lambda hit: -hit.score)
        return Results(hits=tuple(hits[:limit]), degraded=("meaning",))

    def _index(self) -> dict[int, dict[str, str]]:
        if not self._said:
            for held in self._texts.values():
                for verse, text in held.items():
                    said = {stem(word): word for word, _, _ in words(text)}
                    self._said.setdefault(verse, {}).update(said)
        return self._said


class NoRetrieval:
    """Where there is none: what a question names is looked up, and nothing is searched."""

    async def search(
        self, query: str, *, limit: int, collections: Sequence[str], owner: str = ""
    ) -> Results:
        """Away, always."""
        raise Away(
            "no search is set up here",
            fix="name it by RETRIEVAL_URL; or ask with a reference, as John 3:16",
        )


class NoGuards:
    """None can stand: no model is asked."""

    async def guard(self) -> Guard | None:
        """None."""
        return None


class MemoryChat:
    """Says the given turns, one after the other, and after them nothing. `asked` is all it was
    told.
    """

    def __init__(self, *turns: Sequence[Delta]) -> None:
        self._turns = iter(turns)
        self.asked: list[Sequence[Mapping[str, Any]]] = []
        self.known = True

    async def there(self) -> bool:
        """As `known` says."""
        return self.known

    async def turn(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        *,
        most: int,
        patience: float,
    ) -> AsyncIterator[Delta]:
        """The next of them."""
        self.asked.append([*messages])
        for delta in next(self._turns, ()):
            yield delta

    async def vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """None."""
        return ()

    async def entails(self, text: str, sentence: str) -> float | None:
        """None."""
        return None
