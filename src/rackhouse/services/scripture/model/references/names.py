"""Names of books as sequences of words, and the longest one that a text has at a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rackhouse.services.scripture.model.canon import english, others, spanish
from rackhouse.services.scripture.model.canon.books import BOOKS, BY_CODE, Book, rows
from rackhouse.services.scripture.model.references import words
from rackhouse.services.scripture.model.references.tokens import Kind, Token, fold

_SHORTEST = 4  # letters of a beginning that is read for the whole
_ROMAN = {1: "i", 2: "ii", 3: "iii"}


@dataclass(frozen=True, slots=True)
class Named:
    """A book that a text names, and the token after its name. `full`: by its whole name.
    `numbered`: with an ordinal.
    """

    book: Book
    word: str
    begin: int
    end: int
    full: bool
    numbered: bool = False


def _split(name: str) -> tuple[int, tuple[str, ...]]:
    """The ordinal of a name, 0 without one, and its words."""
    first, *rest = fold(name).split()
    return (int(first), tuple(rest)) if first.isdecimal() else (0, (first, *rest))


def _code(code: str) -> str:
    return f"{code[0]} {code[1:]}" if code[0].isdecimal() else code


def _all() -> Iterator[tuple[Book, str, bool]]:
    """Each book with each of its names; whether that is a whole one."""
    for table in (english.TABLE, spanish.TABLE):
        for code, (name, *short) in rows(table).items():
            yield BY_CODE[code], name, True
            for each in short:
                yield BY_CODE[code], each, each[0].isupper()
    for book in BOOKS:
        yield book, _code(book.code), False


def _table() -> dict[tuple[int, tuple[str, ...]], tuple[Book, bool]]:
    table: dict[tuple[int, tuple[str, ...]], tuple[Book, bool]] = {}
    for book, name, full in _all():
        ordinal, parts = _split(name)
        there = table.setdefault((ordinal, parts), (book, full))
        assert there[0] is book, f"{name!r} is {book.english} and {there[0].english}"
        if ordinal and len(parts[0]) > 2:  # IISam
            table.setdefault((0, (_ROMAN[ordinal] + parts[0],)), (book, False))
    return table


def _shown() -> dict[tuple[int, str], tuple[Book, str]]:
    """Whole names, folded, and as they are written."""
    shown: dict[tuple[int, str], tuple[Book, str]] = {}
    for book, name, full in _all():
        ordinal, parts = _split(name)
        if full:
            shown.setdefault((ordinal, " ".join(parts)), (book, name))
    return shown


def _words(table: str) -> frozenset[str]:
    """Names without their ordinals, folded."""
    return frozenset(" ".join(_split(each)[1]) for names in rows(table).values() for each in names)


def _short(
    table: dict[tuple[int, tuple[str, ...]], tuple[Book, bool]],
) -> dict[tuple[int, str], Book]:
    """What whole names begin with, where no other one does."""
    short: dict[tuple[int, str], set[Book]] = {}
    for (ordinal, parts), (book, full) in table.items():
        if full and len(parts) == 1:
            for size in range(_SHORTEST, len(parts[0])):
                short.setdefault((ordinal, parts[0][:size]), set()).add(book)
    return {start: books.pop() for start, books in short.items() if len(books) == 1}


TABLE = _table()
SHOWN = _shown()
SPANISH = _words(spanish.TABLE) - _words(english.TABLE)
_SHORT = _short(TABLE)
ENDS = {parts[-1] for _, parts in TABLE} | {start for _, start in _SHORT}  # of names
OTHERS = frozenset(_split(each) for each in others.TABLE.replace("\n", " ").split(";"))
_LONGEST = max(len(parts) for _, parts in TABLE)
_SEVERAL = frozenset(parts for at, parts in TABLE if at) - {parts for at, parts in TABLE if not at}


def named(told: list[Token], at: int, *, short: bool = False) -> Named | None:
    """The book that is named from the token `at` on; None where none is. `short`: the beginning of
    a name is read for it, where no other one begins so.
    """
    ordinal, begin = ordinal_at(told, at)
    name = _longest(told, ordinal, begin, at) if ordinal else None
    name = name or _longest(told, 0, at, at)
    if name or not short:
        return name
    if told[begin].kind is Kind.WORD and (book := _SHORT.get((ordinal, told[begin].text))):
        dot = told[begin + 1].text == "." and told[begin + 1].glued
        return Named(book, told[begin].text, at, begin + 1 + dot, full=False)
    return None


def ordinal_at(told: list[Token], at: int) -> tuple[int, int]:
    """An ordinal, and where the name after it begins: `1st Epistle of`. (0, at) without one."""
    token, plain = told[at], True
    if token.kind is Kind.NUMBER and len(token.text) == 1 and 1 <= token.number <= 3:
        if at and told[at - 1].text in words.PLACES:  # chapter 1 of John
            return 0, at
        ordinal, at = token.number, at + 1
        end = at + (told[at].text == "." and told[at].glued)  # 1.\u00aa
        if told[end].text in words.ORDINAL_ENDS and told[end].glued:
            at, plain = end + 1, False
    elif token.kind is Kind.WORD and token.text in words.ORDINALS:
        ordinal, at = words.ORDINALS[token.text], at + 1
        plain = set(token.text) == {"i"}
    else:
        return 0, at
    if told[at].text == "." and told[at].glued:
        at += 1
    if plain and told[at].text in words.FILLERS - words.FILLERS_OF_NUMBERS:
        return ordinal, at
    return ordinal, filled(told, at)


def filled(told: list[Token], at: int) -> int:
    """Past the words that may stand before a name: a few, so that no text of them costs more."""
    for _ in range(8):
        if told[at].kind is not Kind.WORD or not (
            told[at].text in words.FILLERS or _saint(told, at)
        ):
            break
        at += 1
        if told[at].text == "." and told[at].glued:
            at += 1
    return at


def _saint(told: list[Token], at: int) -> bool:
    """Whether an `S.` is a saint's."""
    if told[at].text not in words.SAINT:
        return False
    dot = told[at + 1].text == "." and told[at + 1].glued
    return told[at + 1 + dot].text in words.SAINTS


def further(told: list[Token], at: int, *, short: bool = False) -> Named | None:
    """The same, behind a number: there `2s` is a verse and the next, unless a chapter follows."""
    name = named(told, at, short=short)
    if not name or not name.numbered or len(name.word) > 1:
        return name
    after = told[name.end]
    return name if after.kind is Kind.NUMBER or after.text in words.PLACES else None


def _longest(told: list[Token], ordinal: int, at: int, begin: int) -> Named | None:
    """Dots may follow each word, and dashes stand between them."""
    best: Named | None = None
    parts: tuple[str, ...] = ()
    while told[at].kind is Kind.WORD and len(parts) < _LONGEST:
        parts, at = (*parts, told[at].text), at + 1
        if told[at].text == "." and told[at].glued and told[at + 1].kind is not Kind.END:
            at += 1
        if there := TABLE.get((ordinal, parts)):
            best = Named(there[0], " ".join(parts), begin, at, there[1], bool(ordinal))
    return best


def several(parts: Iterable[str]) -> bool:
    """Whether there are several books of that name, told apart by a number."""
    return tuple(parts) in _SEVERAL
