"""What a question asks to be told: a name, a number or a colour. A passage that tells none does not
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
_SURNAME = re.compile(r"\b(?:sur|last |family |maiden )names?\b", re.IGNORECASE)
_COLOUR = re.compile(r"\b(?:what|which) colou?rs?\b", re.IGNORECASE)
_TIME = re.compile(
    r"\bhow old\b|\b(?:what|which) (?:year|date)\b|^when (?:was|were|did)\b", re.IGNORECASE
)
_MORE = re.compile(r"\b(?:of|who|that|which|on|in|at|with|from|to)\b", re.IGNORECASE)
_COUNT = re.compile(r"\bhow many ([^\W\d_]+)", re.IGNORECASE)
_SIZE = re.compile(
    r"\bhow (?:tall|old|long|high|big|deep|wide|heavy|far|much|often)\b"
    r"|\b(?:what|which) (?:year|date|day|age)\b",
    re.IGNORECASE,
)
_ASKING = {"many", "long", "old", "tall", "high", "big", "deep", "wide", "heavy", "far", "often"}
_ASKING |= {"year", "date", "day", "age", "name", "names", "colour", "color", "colours", "colors"}
_PASSED = STOP | _ASKING | frozenset(MANY)
_ANYTHING = frozenset(map(stem, ("times", "people", "persons")))
_BESIDE = 2  # words between a name and whom it is of: `Zipporah his daughter`
_LISTED, _SEVERAL = 25, 3  # words behind whom names are of, and how many of them are a list
_WITHIN = 6  # words between whom it is of and what tells which one
_NEAR = 4  # words between a number and what is counted
_UNIT = 6  # words that a number may stand before what it is of: `nine hundred sixty and five years`
_TIMES = frozenset(("year", "years", "month", "months", "day", "days", "old", "age"))
_ORDERED = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth
"""
_ORDINALS = frozenset(_ORDERED.split())  # `in the third year`
_COLOURED = """
white black red scarlet blue green purple crimson yellow gold golden brown grey gray hoary ruddy bay
speckled pale grisled sorrel
"""
_COLOURS = frozenset(_COLOURED.split())
_NUMBERS = {*MANY, "once", "twice", "thrice", "score", "threescore", "fourscore"}


class Slot(StrEnum):
    """What is to be told."""

    NAME = "name"
    NUMBER = "number"
    COLOUR = "colour"


class Asked(Struct, frozen=True, kw_only=True):
    """`head` is the stem of whom or what it is of, "" where it is of what the question is about;
    `about` the stems of all that stands with it; `said` those of the whole question. `many`: names.
    `units`: words of which one has to stand behind a number.
    """

    slot: Slot
    head: str = ""
    about: frozenset[str]
    said: frozenset[str]
    many: bool = False
    units: frozenset[str] = frozenset()


def asked(question: str) -> Asked | None:
    """The name, number or colour that it asks for; None where it asks for none."""
    return _name(question) or _measure(question)


def _name(question: str) -> Asked | None:
    said = _stems(question)
    if _SURNAME.search(question):
        # Told where a text says `surname` of whom it is asked of.
        head = stem("surname")
        all_of = frozenset((head, *_stems(_SURNAME.sub(" ", question))))
        return Asked(slot=Slot.NAME, head=head, about=all_of, said=frozenset(said))
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
    return None


def _measure(question: str) -> Asked | None:
    """A number or a colour."""
    said = _stems(question)
    if found := _COUNT.search(question):
        head = stem(fold(found[1]))
        return Asked(
            slot=Slot.NUMBER,
            head="" if head in _ANYTHING else head,
            about=frozenset(said),
            said=frozenset(said),
        )
    if _COLOUR.search(question):
        return Asked(slot=Slot.COLOUR, about=frozenset(said), said=frozenset(said))
    timed = _TIME.search(question) is not None
    if timed or _SIZE.search(question):
        units = _TIMES if timed else frozenset[str]()
        return Asked(slot=Slot.NUMBER, about=frozenset(said), said=frozenset(said), units=units)
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
    if asked.slot is Slot.COLOUR:
        return any(_colours(asked, text) for text in texts)
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
    if asked.units:
        counted += [at for at, each in enumerate(text) if fold(each) in _ORDINALS]
        counted = [at for at in counted if _of(asked.units, text[at + 1 : at + 1 + _UNIT])]
    return bool(counted) and _half(asked, stems)


def _of(units: AbstractSet[str], behind: Sequence[str]) -> bool:
    return any(fold(each) in units for each in behind)


def _colours(asked: Asked, text: Sequence[str]) -> bool:
    """One, in a passage that has half of what is asked about."""
    coloured = any(fold(each) in _COLOURS for each in text)
    return coloured and _half(asked, [stem(fold(each)) for each in text])


def _half(asked: Asked, stems: Sequence[str]) -> bool:
    return 2 * len(asked.about.intersection(stems)) >= len(asked.about)


def _is_number(word: str) -> bool:
    return fold(word) in _NUMBERS or word.isdecimal()


def _stems(phrase: str) -> list[str]:
    said = (fold(each) for each in _WORD.findall(phrase))
    return [stem(each) for each in said if each not in _PASSED]
