"""What a sentence is for: whether it claims something; its words without what decorates them."""

from __future__ import annotations

import re
from enum import StrEnum

_MARKS = re.compile(r"(?m)^\s{0,8}(?:#{1,6}\s+|[-*+\u2022]\s+|\d{1,2}[.)]\s+|>\s*)+")
_BOLD = re.compile(r"(\*\*\*|\*\*|__|`+|~~)")
_STAR = re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")


class Claims(StrEnum):
    """Whether a sentence says something of which one may ask whether it is so."""

    NOTHING = "nothing"
    SOMETHING = "something"


def claims(sentence: str) -> Claims:
    """A question and what only leads to the next sentence claim nothing; everything else may."""
    said = sentence.strip()
    short = len(said.split()) <= 12
    return Claims.NOTHING if short and said.endswith(("?", ":")) else Claims.SOMETHING


def plain(text: str) -> str:
    """Without marks of lists, headings and emphasis; a link is what it shows."""
    bare = _BOLD.sub("", _MARKS.sub("", _LINK.sub(r"\1", text)))
    return _STAR.sub("", bare)
