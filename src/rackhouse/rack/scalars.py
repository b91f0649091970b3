"""How the text of a scalar becomes a value: `Scalar`, and the makers of whole families of it. Pure.

The field's kind decides what text means, not YAML: `no` is a fine name, and `010` is no number
rather than 8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

STRING: Mapping[str, object] = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scalar:
    """One kind. `read` answers the value or raises ValueError; `show` is its inverse."""

    word: str  # size
    expected: str  # a size
    example: str
    hint: str = ""  # how to write it, where an example does not say it all
    read: Callable[[str], object]
    show: Callable[[Any], str] = str
    schema: Mapping[str, object]  # JSON Schema
    words: tuple[str, ...] = ()  # that are known, to say which one was meant

    @property
    def fix(self) -> str:
        """How to write one."""
        return self.hint or f"write {self.expected}, such as {self.example}"

    @property
    def quoted(self) -> bool:
        """Whether YAML should be told that this is a string, however it looks."""
        return self.schema["type"] == "string"


def matching(pattern: str, read: Callable[[str], object]) -> Callable[[str], object]:
    """Refuse what does not match the whole of `pattern`; `read` the rest."""

    def check(text: str) -> object:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(text)
        return read(text)

    return check


def positive(read: Callable[[str], float]) -> Callable[[str], float]:
    """`read`, and refuse what is not above 0."""

    def check(text: str) -> float:
        if (value := read(text)) <= 0:
            raise ValueError(text)
        return value

    return check


def whole(low: int, high: int, example: str) -> Scalar:
    """Whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not low <= (value := int(text)) <= high:
            raise ValueError(text)
        return value

    return Scalar(
        word="number",
        expected=f"a whole number from {low} to {high}",
        example=example,
        read=matching("^(0|[1-9][0-9]{0,8})$", read),
        schema={"type": "integer", "minimum": low, "maximum": high},
    )


def one_of(words: Iterable[str], example: str, read: Callable[[str], object] = str) -> Scalar:
    """One of these words."""
    known = tuple(words)

    def check(text: str) -> object:
        if text not in known:
            raise ValueError(text)
        return read(text)

    return Scalar(
        word="word",
        expected=f"one of {', '.join(known)}",
        example=example,
        hint="take one of them",
        read=check,
        schema={**STRING, "enum": list(known)},
        words=known,
    )


def choice(words: type[StrEnum]) -> Scalar:
    """One of an enumeration's words."""
    known = [word.value for word in words]
    return one_of(known, known[0], words)
