"""What others are asked, and how it may end."""

from __future__ import annotations

from msgspec import Struct


class NoAnswer(Exception):
    """Who was asked is away, hangs or fails: asking again may help."""


class Refused(Exception):
    """Who was asked says no, and will again."""


class Reference(Struct, frozen=True, kw_only=True):
    """One that a query says; `ranges` are numbers that passages are called by, both ends with."""

    text: str
    reference: str
    ranges: tuple[tuple[int, int], ...]
