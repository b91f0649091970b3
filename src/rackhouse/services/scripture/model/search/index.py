"""Where the words of one translation are. It is built once, in a fraction of a second."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from rackhouse.services.scripture.model.search.query import Query, Term
from rackhouse.services.scripture.model.search.tokens import WORD, folded
from rackhouse.services.scripture.model.translation import Verse

_LENGTH = 0.4  # how much a long verse counts less for its length
_OFTEN = 1.2  # how soon a word that is there again counts no more
_RUN = 4.0  # what it is worth that the words stand there as they were written
_MANY = 200  # verses that are looked at one by one; for more, the whole text is gone through
_FEW = 8  # times as rare: then each is looked for by itself
_SHORT = 2**16  # numbers that two bytes hold
_COMMON = 0.15  # of all verses: a word that says little of any of them

_Span = list[frozenset[int]]  # words that follow each other, each as the numbers that it may be


class Index:
    """Of each word the verses that have it, and the text as numbers of words."""

    def __init__(self, verses: Iterable[Verse]) -> None:
        self._numbers: dict[str, int] = {}
        self._verses = array("I")
        self._starts = array("I", [0])
        self._text = array("I")  # of the text each word as its number
        self._held: list[array[int]] = []
        self._read(verses)
        self._narrow()
        self._sorted = sorted(self._numbers)
        self._mean = max(1.0, len(self._text) / max(1, len(self._verses)))

    def _read(self, verses: Iterable[Verse]) -> None:
        numbers, forms = self._numbers, dict[str, int]()
        for at, verse in enumerate(verses):
            for form in WORD.findall(verse.text):
                number = forms.get(form)
                if number is None:
                    number = numbers.setdefault(folded(form), len(numbers))
                    forms[form] = number
                    if number == len(self._held):
                        self._held.append(array("I"))
                held = self._held[number]
                if not held or held[-1] != at:
                    held.append(at)
                self._text.append(number)
            self._verses.append(verse.id)
            self._starts.append(len(self._text))

    def _narrow(self) -> None:
        """Two bytes for each number instead of four, where all of them are small enough."""
        if len(self._numbers) <= _SHORT:
            self._text = array("H", self._text)
        if len(self._verses) <= _SHORT:
            self._held = [array("H", held) for held in self._held]

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    @property
    def words(self) -> list[str]:
        """All that occur, in order."""
        return self._sorted

    def found(self, query: Query, *, scored: bool = True) -> dict[int, float]:
        """The verses that have all that is asked, by number, with how well each fits."""
        spans = [self._numbered(term) for term in query.terms]
        some = self._having(spans)
        for term in query.without:
            some -= self._having([self._numbered(term)])
        if not scored:
            return dict.fromkeys((self._verses[at] for at in some), 0.0)
        weighed = [(span, self._rarity(min(map(self._count, span)))) for span in spans]
        run = self._numbered(query.run)
        whole = self._following(run, some) if len(query.terms) > 1 else set[int]()
        return {
            self._verses[at]: sum(weight * self._often(span, at) for span, weight in weighed)
            + (_RUN if at in whole else 0.0)
            for at in some
        }

    def most_of(self, query: Query) -> dict[int, float]:
        """The verses that have most of the words, for a verse that is half remembered."""
        told: dict[int, float] = {}
        whole = 0.0
        for word in dict.fromkeys(query.run.words):
            number = self._numbers.get(word)
            held = self._held[number] if number is not None else array("I")
            if len(held) > max(_MANY, _COMMON * len(self._verses)):
                continue
            weight = self._rarity(len(held)) if held else math.log(len(self._verses) + 1.0)
            whole += weight
            for at in held:
                told[at] = told.get(at, 0.0) + weight
        return {self._verses[at]: score for at, score in told.items() if score > whole / 2}

    def _numbered(self, term: Term) -> _Span:
        """The term, each word as the numbers that it may be."""
        told = [frozenset(self._number(word)) for word in term.words]
        if term.prefix:
            told[-1] = frozenset(self._beginning(term.words[-1]))
        return told

    def _number(self, word: str) -> Iterator[int]:
        if (number := self._numbers.get(word)) is not None:
            yield number

    def _beginning(self, start: str) -> Iterator[int]:
        for at in range(bisect_left(self._sorted, start), len(self._sorted)):
            if not self._sorted[at].startswith(start):
                break
            yield self._numbers[self._sorted[at]]

    def _having(self, spans: list[_Span]) -> set[int]:
        """The verses that have all of them: the rarest word first, and then what has the next."""
        first, *others = sorted((some for span in spans for some in span), key=self._count)
        told = set[int]().union(*(self._held[each] for each in first))
        for some in others:
            told = self._narrowed(told, some)
        for span in spans:
            if len(span) > 1:
                told = self._following(span, told)
        return told

    def _narrowed(self, told: set[int], some: frozenset[int]) -> set[int]:
        """Those of them that have one of these words."""
        if len(told) * _FEW > self._count(some):
            return told & set[int]().union(*(self._held[each] for each in some))
        return {at for at in told if any(_in(self._held[each], at) for each in some)}

    def _following(self, span: _Span, told: set[int]) -> set[int]:
        """Those of them in which the words follow each other."""
        if len(told) > _MANY and all(len(some) == 1 for some in span):
            return told & self._through([number for some in span for number in some])
        return {at for at in told if self._runs(span, at)}

    def _count(self, some: frozenset[int]) -> int:
        return sum(len(self._held[each]) for each in some)

    def _through(self, run: list[int]) -> set[int]:
        """The verses in which these numbers follow each other, out of the text as bytes."""
        text, sought = self._text.tobytes(), array(self._text.typecode, run).tobytes()
        size, told = self._text.itemsize, set[int]()
        place = text.find(sought)
        while place >= 0:
            start, within = divmod(place, size)
            at = bisect_right(self._starts, start) - 1
            if not within and start + len(run) <= self._starts[at + 1]:
                told.add(at)
            place = text.find(sought, place + size - within)
        return told

    def _runs(self, span: _Span, at: int) -> int:
        """How often the words follow each other in a verse."""
        text = self._text[self._starts[at] : self._starts[at + 1]]
        first, *others = span
        if not others:
            return sum(map(text.count, first)) if len(first) < len(text) else 1
        ends = len(text) - len(span)
        return sum(
            all(text[start + by] in some for by, some in enumerate(others, 1))
            for start, number in enumerate(text)
            if number in first and start <= ends
        )

    def _often(self, span: _Span, at: int) -> float:
        """How much a verse has of it, from nothing to 1 + `_OFTEN`."""
        start, end = self._starts[at], self._starts[at + 1]
        times = self._runs(span, at)
        length = 1 - _LENGTH + _LENGTH * (end - start) / self._mean
        return times * (1 + _OFTEN) / (times + _OFTEN * length)

    def _rarity(self, many: int) -> float:
        return math.log(1 + (len(self._verses) - many + 0.5) / (many + 0.5))


def _in(held: array[int], at: int) -> bool:
    place = bisect_left(held, at)
    return place < len(held) and held[place] == at
