"""Whether words are written in the manner of scripture: a reader takes them for a verse."""

from __future__ import annotations

import re
from collections.abc import Iterable

_OLD_WORDS = """
    thee thou thy thine ye hath doth dost saith shalt wilt hast didst unto verily behold lo whoso
    whosoever whatsoever wherefore begat spake nigh hither thither yea nay hearken woe
    """
_OLD = frozenset(_OLD_WORDS.split())
_ENDS = re.compile(
    r"(?!seth$|beth|.*ieth$|teeth|nazareth|japheth|elizabeth|elisabeth|ashtoreth|gath)[a-z]{2,}eth$"
)
_ANNOUNCES = (
    r"\bit (?:came|shall come) to pass|\btruly,? (?:truly,? )?i (?:tell|say)"
    r"|\bi say (?:un)?to (?:you|thee|ye)|\bthus (?:says|said) the lord|\bdeclares the lord"
)
_BLESSES = (
    r"\bblessed (?:are (?:the|those)|is (?:he|she|the (?:man|one)))\b|\bwoe to (?:you|those|him)\b"
)
_PHRASES = re.compile(f"{_ANNOUNCES}|{_BLESSES}")
_ANNOUNCED, _BLESSED = re.compile(_ANNOUNCES), re.compile(_BLESSES)
_ENOUGH = 2


def announced(words: Iterable[str]) -> bool:
    """Whether they begin something that only scripture has: `it came to pass`."""
    return _ANNOUNCED.search(" ".join(words)) is not None


def blessed(words: Iterable[str]) -> int | None:
    """Which word is said to be blessed, or to have woe: whose words these are hangs on it."""
    said = " ".join(words)
    found = _BLESSED.search(said)
    return len(said[: found.end()].split()) if found else None


def scriptural(words: Iterable[str]) -> bool:
    """Whether they sound like it, twice at least."""
    said = list(words)
    old = sum(1 for word in said if word in _OLD or _ENDS.match(word))
    return old + 2 * bool(_PHRASES.search(" ".join(said))) >= _ENOUGH
