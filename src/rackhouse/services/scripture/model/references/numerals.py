"""Chapters in Roman numerals, as older books write them: `Rom. viii. 28`, `Psalm XXIII`."""

from __future__ import annotations

import re

from rackhouse.services.scripture.model.references.names import ENDS, Named, named
from rackhouse.services.scripture.model.references.tokens import Kind, Token

_ROMAN = re.compile(r"c?(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")  # to 199; there are 150 psalms
_WORTH = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_BACK = 6  # tokens of the longest name
_ORDINALS = 3  # so far it may be the number of a person or of a book: `Mark II`, `II John`
_MARKS = frozenset(".:,")


def arabic(told: list[Token], *, prose: bool) -> list[Token]:
    """The same with such chapters as numbers, and the mark behind one as a colon: it is a verse
    that follows, whatever the style.
    """
    made: list[Token] = []
    seen = False
    for at, token in enumerate(told):
        if number := _chapter(told, at, seen=seen, prose=prose):
            made.append(token._replace(kind=Kind.NUMBER, text=str(number), number=number))
            if told[at + 1].kind is Kind.NUMBER:
                made.append(Token(Kind.MARK, ":", token.end, token.end, glued=True))
            seen = True
        elif seen and made[-1].end == token.start and _verse(told, at) and value(told[at - 1].text):
            made.append(token._replace(text=":", glued=True))
        else:
            made.append(token)
    return made


def value(said: str) -> int:
    """What a Roman numeral in small letters counts; 0 where it is none."""
    if not _ROMAN.fullmatch(said):
        return 0
    counts = [_WORTH[each] for each in said]
    behind = [*counts[1:], 0]
    return sum(one if one >= other else -one for one, other in zip(counts, behind, strict=False))


def _chapter(told: list[Token], at: int, *, seen: bool, prose: bool) -> int:
    """The number of the chapter that the token is; 0 where it is none."""
    token = told[at]
    number = value(token.text) if token.kind is Kind.WORD and at else 0
    if not number or not (_sure(told, at) if prose else _alone(told, at)):
        return 0
    if seen and told[at - 1].text == ";" and _verse(told, at + 1):
        return number
    name = _name(told, at, prose=prose)
    return number if name and name.book.chapters > 1 else 0  # `Jude v. 5` is a verse


def _alone(told: list[Token], at: int) -> bool:
    """Whether no name of a book begins with it, and it is no `v16`."""
    after = told[at + 1]
    return not (after.glued if after.kind is Kind.NUMBER else after.kind is Kind.WORD)


def _sure(told: list[Token], at: int) -> bool:
    """In prose: `Matt. v. 3`, and never `John I. 3 men`; `Psalm XXIII`, and never `Mark II`."""
    token, after = told[at], told[at + 1]
    if len(token.text) == 1:
        return token.small and _verse(told, at + 1)
    return after.kind is not Kind.NUMBER and (token.small or value(token.text) > _ORDINALS)


def _name(told: list[Token], at: int, *, prose: bool) -> Named | None:
    """The book whose name ends before the token."""
    if told[at - 1].text not in ENDS and told[at - 1].text != ".":
        return None
    for begin in range(max(at - _BACK, 0), at):
        name = named(told, begin, short=not prose)
        if name and name.end == at and name.word != "act":  # of a play
            return name
    return None


def _verse(told: list[Token], at: int) -> bool:
    """Whether a mark and a number stand there."""
    return told[at].text in _MARKS and told[at + 1].kind is Kind.NUMBER
