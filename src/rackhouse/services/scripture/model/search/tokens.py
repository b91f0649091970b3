"""The words of a text, without regard to case and accents."""

from __future__ import annotations

import re
import unicodedata

# A letter or digit, with the marks above and below it; an apostrophe divides: `LORD's` is `LORD`
# and `s`, so that `lord` finds it too.
WORD = re.compile(r"(?:[^\W_][\u0300-\u036f\u0591-\u05c7]*)+")

# Letters of which Unicode does not say what they are made of: `Judæa` is found as `judaea`.
_MADE = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


def folded(word: str) -> str:
    """As it is compared: `Señor` as `senor`."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold().translate(_MADE))
    return "".join(each for each in parts if not unicodedata.combining(each))


def words(text: str) -> list[str]:
    """Each of them, folded."""
    return [folded(each) for each in WORD.findall(text)]
