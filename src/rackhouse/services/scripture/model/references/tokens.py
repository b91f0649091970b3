"""A text as words, numbers and marks, each with its place. One pass, whatever the text is."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import NamedTuple

# No two alternatives begin alike, so nothing is tried twice; `--` is a dash. Raised digits are
# marks (they belong to footnotes); what has no width is passed over.
_TOKEN = re.compile(
    r"(?P<word>(?:[^\W\d_\u00b2\u00b3\u00b9\u2070-\u209f][\u0300-\u036f]*)+)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<unseen>[\u00ad\u200b-\u200f\u2060\ufeff])"
    r"|(?P<mark>--|\S)"
)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u2043\u301c\uff5e~"
_SAME = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        "\u2236": ":",
        "\ufe55": ":",
        "\uff1a": ":",
        "\uff0c": ",",
        "\uff0e": ".",
        "\uff1b": ";",
    }
)
_LONGEST = 6  # digits that are counted: no chapter has as many verses


class Kind(Enum):
    """What a token is."""

    WORD = 1
    NUMBER = 2
    MARK = 3
    END = 4


class Token(NamedTuple):
    """`text` folded: small letters without accents, plain dashes. `glued`: nothing stands between
    it and the one before. `small`: it begins with a small letter.
    """

    kind: Kind
    text: str
    start: int
    end: int
    glued: bool
    small: bool = False
    number: int = 0


def fold(word: str) -> str:
    """Small letters without accents."""
    if word.isascii():
        return word.lower()
    split = unicodedata.normalize("NFKD", word).casefold()
    return "".join(each for each in split if not unicodedata.combining(each))


def tokens(text: str) -> list[Token]:
    """All of it, and one that says it has ended."""
    found = []
    before = -1
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        glued = start == before
        before = end
        if match.lastgroup == "unseen":
            before = end if glued else -1
            continue
        found.append(_token(match.lastgroup or "", match[0], start, end, glued))
    found.append(Token(Kind.END, "", len(text), len(text), glued=False))
    return found


def _token(group: str, said: str, start: int, end: int, glued: bool) -> Token:
    if group == "number":
        number = int(said) if len(said) <= _LONGEST else 10**_LONGEST
        return Token(Kind.NUMBER, said, start, end, glued, number=number)
    if group == "word":
        return Token(Kind.WORD, fold(said), start, end, glued, small=said[0].islower())
    return Token(Kind.MARK, said[:1].translate(_SAME), start, end, glued)
