"""What a question asks to be told: a name, or a number. A passage that tells neither does not
answer it, however near it is: of Noah's wife there is much, and nowhere her name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum

from msgspec import Struct

from rackhouse.services.study.model.contraries import MANY
from rackhouse.services.study.model.evidence import Passage
from rackhouse.services.study.model.words import STOP, fold, stem

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_TOKEN = re.compile(rf"{_WORD.pattern}|[.!?]")
_NAME = re.compile(
    r"\bnames? (?:of|for) (.+)"
    r"|\b(?:what|which) (?:was|is|were|are) (.+?['\u2019]s?(?: \w+)*) names?\b"
    r"|\bwhat (?:was|is) (.+) called\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:of|who|that|which|on|in|at|with|from|to)\b", re.IGNORECASE)
_COUNT = re.compile(r"\bhow many ([^\W\d_]+)", re.IGNORECASE)
_SIZE = re.compile(
    r"\bhow (?:tall|old|long|high|big|deep|wide|heavy|far|much|often)\b"
    r"|\b(?:what|which) (?:year|date|day|age)\b",
    re.IGNORECASE,
)
_ASKING = {"many", "long", "old", "tall", "high", "big", "deep", "wide", "heavy", "far", "often"}
_ASKING |= {"year", "date", "day", "age", "name", "names"}
_PASSED = STOP | _ASKING | frozenset(MANY)
_ANYTHING = frozenset(map(stem, ("times", "people", "persons")))
_BESIDE = 2  # words between a name and whom it is of: `Zipporah his daughter`
_LISTED, _SEVERAL = 25, 3  # words behind whom names are of, and how many of them are a list
_WITHIN = 6  # words between whom it is of and what tells which one
_NEAR = 4  # words between a number and what is counted
_NUMBERS = {*MANY, "once", "twice", "thrice", "score", "threescore", "fourscore"}


class Slot(StrEnum):
    """What is to be told."""

    NAME = "name"
    NUMBER = "number"


class Asked(Struct, frozen=True, kw_only=True):
    """`head` is the stem of whom or what it is of, "" where it is of what the question is about;
    `about` the stems of all that stands with it; `said` those of the whole question. `many`: names.
    """

    slot: Slot
    head: str = ""
    about: frozenset[str]
    said: frozenset[str]
    many: bool = False


def asked(question: str) -> Asked | None:
    """The name or the number that it asks for; None where it asks for neither."""
    said = _stems(question)
    if found := _NAME.search(question):
        whose = _MORE.split(next(each for each in found.groups() if each), maxsplit=1)[0]
        about = _stems(whose)
        if about:
            return Asked(
                slot=Slot.NAME,
                head=about[-1],
                about=frozenset(about),
                said=frozenset(said),
                many="names" in question.casefold(),
            )
    if found := _COUNT.search(question):
        head = stem(fold(found[1]))
        return Asked(
            slot=Slot.NUMBER,
            head="" if head in _ANYTHING else head,
            about=frozenset(said),
            said=frozenset(said),
        )
    if _SIZE.search(question):
        return Asked(slot=Slot.NUMBER, about=frozenset(said), said=frozenset(said))
    return None


def told(asked: Asked, passages: Sequence[Passage]) -> bool:
    """Whether one of the passages tells it, in any translation."""
    texts = [
        _TOKEN.findall(" ".join(verse.text for verse in words.verses))
        for it in passages
        for words in it.texts
    ]
    small = {word for text in texts for word in text if word.islower()}
    if asked.slot is Slot.NAME:
        return any(_names(asked, text, small) for text in texts)
    return any(_numbers(asked, text) for text in texts)


def _names(asked: Asked, text: Sequence[str], small: AbstractSet[str]) -> bool:
    """A name that the question does not have and that begins no sentence, beside whom it is of and
    what tells which one; of several a list behind them.
    """
    stems = [stem(fold(each)) for each in text]
    for at in (at for at, each in enumerate(stems) if each == asked.head):
        if not asked.about <= set(stems[max(0, at - _WITHIN) : at + _WITHIN + 1]):
            continue
        first, last, least = (at, _LISTED, _SEVERAL) if asked.many else (at - _BESIDE, _BESIDE, 1)
        beside = range(max(1, first), min(len(text), at + last + 1))
        names = (it for it in beside if _is_name(text[it], small) and text[it - 1][0].isalnum())
        if len({stems[it] for it in names} - asked.said) >= least:
            return True
    return False


def _is_name(word: str, small: AbstractSet[str]) -> bool:
    """With a great letter, and nowhere with a small one."""
    return word[0].isupper() and not word.isupper() and word.lower() not in small


def _numbers(asked: Asked, text: Sequence[str]) -> bool:
    """A number beside what is counted, or in a passage that has half of what is asked about."""
    stems = [stem(fold(each)) for each in text]
    counted = [at for at, each in enumerate(text) if _is_number(each)]
    if asked.head:
        places = [at for at, each in enumerate(stems) if each == asked.head]
        return any(abs(at - place) <= _NEAR for at in counted for place in places)
    return bool(counted) and 2 * len(asked.about.intersection(stems)) >= len(asked.about)


def _is_number(word: str) -> bool:
    return fold(word) in _NUMBERS or word.isdecimal()


def _stems(phrase: str) -> list[str]:
    said = (fold(each) for each in _WORD.findall(phrase))
    return [stem(each) for each in said if each not in _PASSED]
