"""What the guard says of a sentence: what leaves of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What became of a sentence."""

    PASSES = "passes"  # as it is
    QUOTED = "quoted"  # what it quotes is the text's own, and is written by the server
    CORRECTED = "corrected"  # what it quotes was nearly so: the text's own words stand there now
    BLOCKED = "blocked"  # nothing of it leaves


@dataclass(frozen=True, slots=True)
class Plain:
    """The model's own words, from `start` up to `end` of the sentence."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """The text's own words: of the verses `first` to `last` of a translation, by their numbers.
    `whole`: all that these verses say. They stand for what the sentence has from `start` to `end`.
    """

    text: str
    first: int
    last: int
    translation: str
    start: int
    end: int
    whole: bool = False


Part = Plain | Quote


@dataclass(frozen=True, slots=True)
class Verdict:
    """`parts` in their order, none where it is blocked. `reason` is for the trace: never shown as
    an answer, and without the words that were blocked.
    """

    kind: Kind
    parts: tuple[Part, ...] = ()
    reason: str = ""

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """What the server has to write."""
        return tuple(part for part in self.parts if isinstance(part, Quote))


def blocked(reason: str) -> Verdict:
    """Nothing leaves."""
    return Verdict(Kind.BLOCKED, reason=reason)
