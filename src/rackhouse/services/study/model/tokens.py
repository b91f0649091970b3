"""What a model writes in place of scripture: `[[JHN.3.16]]`. Found, and taken out of a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

_TOKEN = re.compile(r"\[\[\s*([^\[\]]{0,80}?)\s*\]\]")
# What is left where a token began or ended and the rest of it never came.
_LEFT = re.compile(r"\[\[[^\[\]]{0,80}$|\[\[|\]\]")
_BEFORE = re.compile(r"\s+([.,;:!?\u201d)])")
_EMPTY = re.compile(r"\(\s*[,;]?\s*\)")
NOT_FOUND = "NOT FOUND"


class Pointed(Struct, frozen=True, kw_only=True):
    """A sentence, `codes` in the order in which they stood; `text` has `put` in their places."""

    text: str
    codes: tuple[str, ...]


def pointed(sentence: str, put: Callable[[str], str]) -> Pointed:
    """The sentence with something else, or nothing, for each token."""
    codes: list[str] = []

    def one(found: re.Match[str]) -> str:
        codes.append(found[1])
        return put(found[1])

    text = _LEFT.sub("", _TOKEN.sub(one, sentence))
    return Pointed(text=tidy(text), codes=tuple(codes))


def tidy(text: str) -> str:
    """Without the holes that a token leaves."""
    return _BEFORE.sub(r"\1", _EMPTY.sub("", " ".join(text.split()))).strip()


def opened(text: str) -> bool:
    """Whether a token has begun and not ended: what follows belongs to it."""
    begun = text.rfind("[[")
    return begun >= 0 and "]]" not in text[begun:] and len(text) - begun < 90
