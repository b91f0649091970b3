"""What was perhaps meant, where a text is no reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter

from rackhouse.services.scripture.model.canon.books import Book
from rackhouse.services.scripture.model.problem import BadReference, Unreadable
from rackhouse.services.scripture.model.references import names, words
from rackhouse.services.scripture.model.references.tokens import Kind, Token

Fault = Callable[[str], BadReference | None]  # what keeps a text from being a reference
_LONGEST = 30  # letters of a name; a longer one resembles none
_REST = 60  # characters after it that are repeated
_WORDS = 4
_MOST = 3
_READ_ANEW = 200  # characters
_COMMAS = 20  # that are read anew in one text
_CHAPTER = re.compile(r"(; ?[0-9]+), ?(?=[0-9])")
_TILL = re.compile(r"([-\u2013] ?[0-9]+), ?(?=[0-9])")
_COLON = r"\1:"
_DOT = re.compile(r"(?<=[0-9])\.(?=[0-9])")


class Comma(BadReference):
    """A comma that begins a chapter or a verse."""

    def __init__(self, at: int) -> None:
        super().__init__(
            "a comma after a chapter may mean two things",
            fix="write `:` before a verse, and `;` before a chapter",
            at=at,
        )


def either(problem: Comma, text: str, fault: Fault) -> BadReference:
    """The problem, with both readings, as far as each is one. In Spanish a dot lists verses."""
    if len(text) > _READ_ANEW:
        return problem
    told = text.replace("\uff0c", ",")
    before, after = told[: problem.at], told[problem.at + 1 :].lstrip()
    verse = f"{before}:{_CHAPTER.sub(_COLON, _DOT.sub(',', after))}"
    readings = dict.fromkeys(
        (
            _with(verse, ":", fault),
            _with(_TILL.sub(_COLON, verse), ":", fault),
            _with(f"{before}; {after}", "; ", fault),
        )
    )
    problem.perhaps = tuple(each for each in readings if each)
    if problem.perhaps:
        problem.fix = f"perhaps `{'` or `'.join(problem.perhaps)}`"
    return problem


def _with(text: str, mark: str, fault: Fault) -> str:
    """The text with that mark for each such comma; nothing where it is no reference then."""
    for _ in range(_COMMAS):
        problem = fault(text)
        if problem is None:
            return text.strip()
        if not isinstance(problem, Comma):
            break
        text = text[: problem.at] + mark + text[problem.at + 1 :].lstrip()
    return ""


def mended(
    problem: BadReference, text: str, told: list[Token], begun: int, fault: Fault
) -> BadReference:
    """The problem, with the name that was perhaps meant where it is one that nobody knows.
    `begun`: the token with which the reference begins.
    """
    if not isinstance(problem, Unreadable):
        return problem
    at = next(at for at, token in enumerate(told) if token.start >= problem.at)
    if at == 0 and told[0].text in words.LOOK:
        said, rest = text[: told[0].end], text[told[0].end :].lstrip(" .,:")
        perhaps = (rest,) if len(rest) <= _REST and not fault(rest) else ()
        fix = "write the reference alone"
        what = f"{said.strip()!r} is no part of a reference"
        return BadReference(what, fix=fix, at=problem.at, perhaps=perhaps)
    ordinal, begin = names.ordinal_at(told, at)
    end = begin
    while told[end].kind is Kind.WORD and end - begin < _WORDS:
        end += 1
    parts = tuple(token.text for token in told[begin:end])
    if at > begun and (not parts or parts[0] in words.PLACES):
        return problem
    if not parts or parts[0] in words.PLACES:
        fix = "begin with a book, as `John 3:16`"
        return BadReference("no book is named", fix=fix, at=problem.at)
    start, stop = told[begin].start, told[end - 1].end
    said, rest = text[start:stop], text[stop:]
    rest = rest if len(rest) <= _REST else ""
    return _unknown(said, rest, (ordinal, parts), told[at].start, fault)


def _unknown(
    said: str, rest: str, key: tuple[int, tuple[str, ...]], at: int, fault: Fault
) -> BadReference:
    ordinal, parts = key
    shown = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
    if any((ordinal, parts[:size]) in names.OTHERS for size in range(1, len(parts) + 1)):
        return BadReference(
            f"{shown!r} is a book that this canon does not have",
            fix="GET /v1/books lists the 66 that it has",
            at=at,
        )
    several = [number for number in (1, 2, 3) if (number, parts) in names.TABLE]
    if several and not ordinal:
        what = f"there are several books called {shown!r}"
        meant = [f"{number} {said}" for number in several]
    else:
        what = f"no book is called {f'{ordinal} ' if ordinal else ''}{shown!r}"
        meant = near(ordinal, " ".join(parts))
    perhaps = tuple(name + rest for name in meant if not fault(name + rest))
    fix = f"perhaps `{perhaps[0]}`" if perhaps else "GET /v1/books lists the names"
    return BadReference(what, fix=fix, at=at, perhaps=perhaps)


def near(ordinal: int, said: str) -> list[str]:
    """The names that are a letter or two from it, or begin with it; the nearest first."""
    if not 2 <= len(said) <= _LONGEST:
        return []
    far = 1 if len(said) < 5 else 2
    ranked: dict[Book, tuple[int, str]] = {}
    for (number, name), (book, shown) in names.SHOWN.items():
        if number == ordinal:
            steps = 1 if name.startswith(said) else distance(said, name)
            if steps <= far and steps < ranked.get(book, (far + 1, ""))[0]:
                ranked[book] = (steps, shown)
    return [shown for _, shown in sorted(ranked.values(), key=itemgetter(0))[:_MOST]]


def distance(one: str, other: str) -> int:
    """Letters to add, leave out, change or swap with the next, to make one the other. 3: more."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
