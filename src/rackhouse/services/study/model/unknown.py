"""What a question speaks of that is not in scripture, as far as its form tells: a verse that there
is not, and names. What it means no form tells: see `sureness`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.evidence import Passage
from rackhouse.services.study.model.words import STOP, fold, stem, words

_REFERENCE = re.compile(
    r"\b((?:[1-3] )?[A-Z][a-z]+(?: of [A-Z][a-z]+)?) (\d{1,3})"
    r"(?::(\d{1,3})(?:\s?[-\u2013]\s?(\d{1,3})\b(?!:))?)?\b"
)
_NAME = re.compile(r"(?<=[^\s.!?:;(\"\u201c\u2018-] )[A-Z][^\W\d_]{2,}\b")
MOST = 3  # names that are looked for


def verses(canon: Canon, question: str) -> tuple[str, ...]:
    """References to verses that there are not: `John 3:99`, `John 3:16-99`, `Psalm 151`."""
    codes = {each.english: each.code for each in canon.books} | {"Psalm": "PSA"}
    return tuple(
        found[0]
        for found in _REFERENCE.finditer(question)
        if found[1] in codes
        and any(
            canon.read(".".join(filter(None, [codes[found[1]], found[2], verse]))) is None
            for verse in found.groups()[2:]
        )
    )


def names(question: str, passages: Iterable[Passage]) -> tuple[str, ...]:
    """Words with a great letter within a sentence that none of the passages has. Where every word
    has one it says nothing.
    """
    said = [found[0] for found in _NAME.finditer(question)]
    if len(said) > len(question.split()) // 2:
        return ()
    texts = (verse.text for it in passages for each in it.texts for verse in each.verses)
    held = {stem(word) for text in texts for word, _, _ in words(text)}
    some = (each for each in said if fold(each) not in STOP and stem(fold(each)) not in held)
    return tuple(dict.fromkeys(some))[:MOST]
