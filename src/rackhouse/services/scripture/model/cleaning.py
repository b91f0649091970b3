"""The words of a verse without the marks of its edition. No word is added, lost or glued.

Brackets are where printed bibles have italics: words that the translators supplied.
"""

from __future__ import annotations

import re

_OPENED = re.compile(r"(?<=[^\s(\[-])[\[(]")  # with no space before it
_AFTER = re.compile(r"\(\s+")
_HYPHEN = re.compile(r"(?<=\w)-\s+(?=\w)")
_WORD = re.compile(r"[^\W_]+")


def cleaned(text: str) -> str:
    """The verse as one line. "" where there are no words."""
    apart = _OPENED.sub(lambda mark: f" {mark[0]}", text)
    plain = apart.replace("[", "").replace("]", "")
    joined = _HYPHEN.sub("-", _AFTER.sub("(", plain))
    return " ".join(joined.split())


def words(text: str) -> list[str]:
    """Its words, whatever stands between them: the same before and after."""
    return _WORD.findall(text)
