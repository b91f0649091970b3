"""What is told while an answer is made, in the order in which it comes."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from rackhouse.services.study.model.answer import Part
from rackhouse.services.study.model.evidence import Passage
from rackhouse.services.study.model.trace import Step


class Status(Struct, frozen=True, kw_only=True):
    """What is being done just now."""

    text: str


class Gathered(Struct, frozen=True, kw_only=True):
    """Passages that the answer may point at."""

    passages: tuple[Passage, ...]


class Restart(Struct, frozen=True, kw_only=True):
    """Parts that were told before are none of the answer: it begins anew."""

    why: str


Event = Status | Gathered | Restart | Part | Step
Tell = Callable[[Event], None]


def nobody(_: Event) -> None:
    """Nobody listens."""
