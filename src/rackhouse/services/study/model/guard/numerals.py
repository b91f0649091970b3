"""Numbers in words and in Roman letters, as references have them: `Psalm one hundred fifty-one`."""

from __future__ import annotations

import re

_UNITS = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORTH = {word: at for at, word in enumerate(_UNITS.split(), start=1)} | {
    word: at * 10 for at, word in enumerate(_TENS.split(), start=2)
}
# The longer ones first: `six` is no `sixteen`.
_ANY = "|".join(sorted(_WORTH, key=len, reverse=True))
_WORDS = rf"(?:(?:{_ANY})|(?:a[ ])?hundred)(?:(?:[ -]|[ ]and[ ])(?:{_ANY}|hundred))*"
PATTERN = rf"(?:(?:{_WORDS})\b|[ivxlc]{{2,8}}\b)"
_MEANT = re.compile(
    rf"\b(?:chapter|verse|psalm|psalms)[ ]{PATTERN}|[ ][ivxlc]{{2,8}}\b[:., ]", re.IGNORECASE
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def meant(text: str) -> bool:
    """Whether a number may be in it that has no digit."""
    return _MEANT.search(text) is not None


def read(said: str) -> int:
    """Its worth; 0 for what is none."""
    small = said.lower().strip()
    if not small:
        return 0
    if small.isdecimal():
        return int(small)
    if all(letter in _ROMAN for letter in small):
        return _roman(small)
    total = 0
    for word in re.split(r"[ -]+", small):
        if word == "hundred":
            total = max(total, 1) * 100
        else:
            total += _WORTH.get(word, 0)
    return total


def _roman(said: str) -> int:
    worths = [_ROMAN[letter] for letter in said]
    after = [*worths[1:], 0]
    return sum(-one if one < two else one for one, two in zip(worths, after, strict=True))
