"""What an edition says beside the words of a verse: where it stands in them, and never in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

_STRONG = re.compile(r"(?:^|[\s:,])([HG])0*([1-9]\d{0,4})(?![\d.])")


@dataclass(frozen=True, slots=True)
class Word:
    """The characters from `start` up to `end` render the words of those Strong's numbers."""

    start: int
    end: int
    strongs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote; it belongs before the character `at`. `kind`: `note` or `cross`."""

    at: int
    text: str
    kind: str = "note"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading before the character `at`. `kind`: `psalm` for a psalm's own title, `section` for
    one of the editors', `speaker`.
    """

    at: int
    text: str
    kind: str = "section"


@dataclass(frozen=True, slots=True)
class Beside:
    """All of a verse. `number` is its own edition's where that counts otherwise: `ROM 14:24`."""

    words: tuple[Word, ...] = ()
    notes: tuple[Note, ...] = ()
    headings: tuple[Heading, ...] = ()
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.notes or self.headings or self.number)


NOTHING = Beside()


class Margin(Protocol):
    """What stands beside the verses of a translation."""

    def of(self, verse: int) -> Beside:
        """Of one verse."""

    def number(self, verse: int) -> str:
        """Its own edition's number, where that is another; else ""."""

    def strong(self, number: str) -> dict[int, tuple[str, ...]]:
        """The verses that have a Strong's number, each with what renders it there."""

    @property
    def has_words(self) -> bool:
        """Whether there are Strong's numbers."""


class Bare:
    """Of a translation that comes without any."""

    has_words = False

    def of(self, verse: int) -> Beside:
        """Nothing."""
        del verse
        return NOTHING

    def number(self, verse: int) -> str:
        """None."""
        del verse
        return ""

    def strong(self, number: str) -> dict[int, tuple[str, ...]]:
        """None."""
        del number
        return {}


@lru_cache(maxsize=4096)
def strongs(lemma: str) -> tuple[str, ...]:
    """The numbers of an attribute such as `strong:H0430 strong:H7225`, as `H430`; each once."""
    return tuple(dict.fromkeys(letter + digits for letter, digits in _STRONG.findall(lemma)))


def strong_named(said: str) -> str | None:
    """A number as a person writes it: `h430`, `H0430`, `G 26`."""
    found = re.fullmatch(r"\s*([HhGg])\s*0*([1-9]\d{0,4})\s*", said)
    return found[1].upper() + found[2] if found else None
