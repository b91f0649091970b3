"""A verse is composed: what is marked goes beside it, and its words stay apart as they were.

Whoever reads a format says in order what stands in it (`text`, `word`, `note`, ...); what was not
closed is closed at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rackhouse.services.scripture.model.annotations import Beside, Heading, Note, Word

# Where something was taken out, or a line ended, a space keeps two words apart; not after what
# opens or joins, and not in scripts that are written without spaces.
_OPENS = "\u201c\u2018([{\u00ab\u00bf\u00a1"
_JOINS = _OPENS + "-\u2010\u2011\u2013\u2014/\u2019'"
_NO_SPACES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0xABFF))


@dataclass(frozen=True, slots=True)
class Composed:
    """A verse, or a part of one that stands for a verse of its own."""

    text: str
    beside: Beside


class Line:
    """Text as it grows: one space where there were some, none at its ends."""

    __slots__ = ("_parts", "apart", "last", "length", "space")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0
        self.last = ""
        self.space = False
        self.apart = False

    def add(self, said: str) -> int:
        """Where it begins."""
        body = " ".join(said.split())
        if not body:
            self.space = self.space or bool(said)
            return self.length
        if self.length and (
            self.space or said[0].isspace() or (self.apart and _apart(self.last, body[0]))
        ):
            self._parts.append(" ")
            self.length += 1
        begins = self.length
        self._parts.append(body)
        self.length += len(body)
        self.last = body[-1]
        self.space = said[-1].isspace()
        self.apart = False
        return begins

    def __str__(self) -> str:
        return "".join(self._parts)


class Composer:
    """One verse after the other: `done` gives it, and begins the next."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._line = Line()
        self._words: list[Word] = []
        self._notes: list[Note] = []
        self._headings: list[Heading] = []
        self._open: list[tuple[str, Line | None]] = []  # what is taken out, and into which line
        self._word: tuple[tuple[str, ...], int] | None = None
        self._parts: list[Composed] = []

    @property
    def empty(self) -> bool:
        """Whether no word was said yet."""
        return not self._line.length

    def text(self, said: str) -> None:
        """As it stands there."""
        if self._open:
            line = self._open[-1][1]
            if line is not None:
                line.add(said)
            return
        begins = self._line.add(said)
        if self._word and self._word[1] < 0 and self._line.length > begins:
            self._word = (self._word[0], begins)

    def word(self, numbers: tuple[str, ...]) -> None:
        """What comes renders those Strong's numbers."""
        self.word_ends()
        if numbers and not self._open:
            self._word = (numbers, -1)

    def word_ends(self) -> None:
        """Nothing where none was begun."""
        if self._word and not self._open:
            numbers, begins = self._word
            if begins >= 0:
                self._words.append(Word(begins, self._line.length, numbers))
            self._word = None

    def gap(self) -> None:
        """A line ends, or a paragraph."""
        line = self._open[-1][1] if self._open else self._line
        if line is not None:
            line.apart = True

    def begin(self, kind: str) -> None:
        """What comes is taken out: `note`, `cross`, `psalm`, `section`, `speaker`, or `nothing`."""
        quiet = kind == "nothing" or (bool(self._open) and self._open[-1][1] is None)
        self._open.append((kind, None if quiet else Line()))

    def end(self) -> None:
        """Of what was begun last."""
        if not self._open:
            return
        kind, line = self._open.pop()
        self.gap()
        said = str(line) if line is not None else ""
        if not said:
            return
        if kind in ("note", "cross"):
            self._notes.append(Note(self._line.length, said, kind))
        else:
            self._headings.append(Heading(self._line.length, said, kind))

    def part(self) -> None:
        """What comes is another verse, which this numbering has no place for."""
        if not self.empty and not self._open:
            self._parts.append(self._composed())
            self._line = Line()
            self._words, self._notes, self._headings = [], [], []

    def done(self) -> tuple[Composed, ...]:
        """The verse, and those that came after it in its place."""
        while self._open:
            self.end()
        composed = (*self._parts, self._composed())
        self._begin()
        return composed

    def _composed(self) -> Composed:
        self.word_ends()
        text = str(self._line)
        return Composed(text, Beside(tuple(self._words), tuple(self._notes), tuple(self._headings)))


def joined(one: Composed, other: Composed) -> Composed:
    """Two as one verse."""
    if not (one.text or one.beside):
        return other
    by = len(one.text) + bool(one.text and other.text)
    beside = Beside(
        one.beside.words
        + tuple(replace(it, start=it.start + by, end=it.end + by) for it in other.beside.words),
        one.beside.notes + tuple(replace(each, at=each.at + by) for each in other.beside.notes),
        one.beside.headings
        + tuple(replace(each, at=each.at + by) for each in other.beside.headings),
        one.beside.number or other.beside.number,
    )
    return Composed(f"{one.text} {other.text}".strip(), beside)


def cut(whole: Composed, beginnings: tuple[str, ...]) -> tuple[Composed, ...]:
    """Apart before each of these words; in one piece where not all of them are there in order."""
    if not beginnings:
        return (whole,)
    at = [0]
    for words in beginnings:
        at.append(whole.text.find(words, at[-1]))
        if at[-1] < 1:
            return (whole,)
    ends = [*at[1:], len(whole.text) + 1]
    return tuple(_between(whole, *each) for each in zip(at, ends, strict=True))


def _between(whole: Composed, start: int, end: int) -> Composed:
    told = whole.beside
    words = (it for it in told.words if start <= it.start < end)
    beside = Beside(
        tuple(replace(it, start=it.start - start, end=it.end - start) for it in words),
        tuple(replace(it, at=it.at - start) for it in told.notes if start <= it.at < end),
        tuple(replace(it, at=it.at - start) for it in told.headings if start <= it.at < end),
        told.number,
    )
    return Composed(whole.text[start:end].rstrip(), beside)


def _apart(last: str, first: str) -> bool:
    if last in _JOINS or any(low <= ord(first) <= high for low, high in _NO_SPACES):
        return False
    return first.isalnum() or first in _OPENS or first in "\"'"
