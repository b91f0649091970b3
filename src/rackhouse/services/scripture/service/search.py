"""Searching the translations that are held: each has an index, built when it is first asked for."""

from __future__ import annotations

import difflib
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.model.canon.books import BOOK, BOOKS, Book
from rackhouse.services.scripture.model.canon.sections import section_named
from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.search.index import Index
from rackhouse.services.scripture.model.search.marks import marks
from rackhouse.services.scripture.model.search.query import Query
from rackhouse.services.scripture.model.translation import Translation

MOST = 100  # verses of one answer
_MOST_KEPT = 8
_RELAXED = 20
_STRANGE = 3  # words that occur nowhere and are mended
_LONGER = 2  # letters that such a word may have more or less
_FEWEST = 3  # words of which most may be enough


@dataclass(frozen=True, slots=True)
class Text:
    """A verse in a translation, and which characters of it were asked for."""

    translation: Translation
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A verse that was found, in those translations in which it was."""

    id: int
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Some of what was found. `after` asks for those behind them; `relaxed`: no verse has all the
    words, and these have most; `perhaps` are words for those that occur nowhere.
    """

    total: int
    books: tuple[tuple[Book, int], ...]
    hits: tuple[Hit, ...]
    after: int | None = None
    relaxed: bool = False
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`best` first, else in the order of the canon; the first `skip` of them are left out."""

    query: Query
    translations: tuple[Translation, ...]
    within: tuple[Range, ...] = ()
    best: bool = False
    skip: int = 0
    limit: int = 20


class Searches:
    """Indexes by the digest of what they are of. Those that were asked last are kept: each has some
    five megabytes.
    """

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._held: OrderedDict[str, Index] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def ready(self, some: Sequence[Translation]) -> bool:
        """Whether all of them can be searched at once."""
        return all(each.digest in self._held for each in some)

    def index(self, translation: Translation) -> Index:
        """Its index; built, in half a second, where it is not there yet."""
        digest = translation.digest
        held = self._held.get(digest)
        if held is None:
            with self._lock:  # who has one already does not wait for it
                held = self._held.get(digest) or Index(translation)
                self._held[digest] = held
                while len(self._held) > self._most:
                    self._held.popitem(last=False)
        with suppress(KeyError):  # another thread left it out meanwhile
            self._held.move_to_end(digest)
        return held

    def find(self, asked: Asked) -> Found:
        """The verses that have all of it in one translation; else those that have most of it."""
        found = self._found(asked, relaxed=False)
        words = set(asked.query.run.words)
        if not found and len(words) >= _FEWEST and not asked.query.without:
            found = self._found(asked, relaxed=True)
            return self._told(asked, found, relaxed=True) if found else self._nothing(asked)
        return self._told(asked, found) if found else self._nothing(asked)

    def _found(self, asked: Asked, *, relaxed: bool) -> dict[int, list[tuple[Translation, float]]]:
        told: dict[int, list[tuple[Translation, float]]] = {}
        for each in asked.translations:
            index = self.index(each)
            some = (
                index.most_of(asked.query)
                if relaxed
                else index.found(asked.query, scored=asked.best)
            )
            for id, score in some.items():
                if not asked.within or any(it.first <= id <= it.last for it in asked.within):
                    told.setdefault(id, []).append((each, score))
        return told

    def _told(
        self,
        asked: Asked,
        found: dict[int, list[tuple[Translation, float]]],
        *,
        relaxed: bool = False,
    ) -> Found:
        order = sorted(found)
        counts = _counted(order)
        if asked.best or relaxed:
            order.sort(key=lambda id: -max(score for _, score in found[id]))
        if relaxed:
            order = order[:_RELAXED]
            counts = _counted(sorted(order))
        shown = order[asked.skip : asked.skip + asked.limit]
        more = len(order) > asked.skip + len(shown) and bool(shown)
        return Found(
            total=len(order),
            books=counts,
            hits=tuple(_hit(id, found[id], asked.query) for id in shown),
            after=asked.skip + len(shown) if more else None,
            relaxed=relaxed,
        )

    def _nothing(self, asked: Asked) -> Found:
        return Found(total=0, books=(), hits=(), perhaps=self._perhaps(asked))

    def _perhaps(self, asked: Asked) -> tuple[str, ...]:
        """The search with words that occur for those that do not."""
        indexes = [self.index(each) for each in asked.translations]
        strange = [
            word
            for term in asked.query.terms
            for word in term.words
            if not term.prefix and not any(word in each for each in indexes)
        ]
        if not strange:
            return ()
        mended = {it: _near(it, indexes) for it in strange[:_STRANGE]}
        if not all(mended.values()):
            return ()
        run = asked.query.run.words
        return (" ".join(mended[it][0] if it in mended else it for it in run),)


def _near(strange: str, indexes: list[Index]) -> list[str]:
    """The word that is most like it, of those that begin or end as it does."""
    known = {
        word
        for each in indexes
        for word in each.words
        if abs(len(word) - len(strange)) <= _LONGER
        and (word[0] == strange[0] or word[-2:] == strange[-2:])
    }
    return difflib.get_close_matches(strange, sorted(known), n=1, cutoff=0.75)


def _counted(some: list[int]) -> tuple[tuple[Book, int], ...]:
    """How many are in each book."""
    counts = Counter(id // BOOK for id in some)
    return tuple((BOOKS[number - 1], count) for number, count in counts.items())


def _hit(id: int, found: list[tuple[Translation, float]], query: Query) -> Hit:
    told = []
    for translation, _ in found:
        [verse] = translation.within(Range(id, id))
        told.append(Text(translation, verse.text, tuple(marks(verse.text, query))))
    return Hit(id, tuple(told))


def within(said: str) -> tuple[Range, ...]:
    """Where to look: a part of the canon (`nt`, `gospels`), a book, any reference. BadRequest."""
    if not said.strip():
        return ()
    if section := section_named(said):
        return (section.verses,)
    try:
        return parse(said).ranges
    except BadReference as problem:
        raise BadRequest(
            f"{said[:40]!r} is no part of scripture: {problem.what}",
            fix="say `ot`, `nt`, `gospels`, a book, or a reference as `Genesis 1-11`",
            param="in",
            perhaps=problem.perhaps,
        ) from problem
