"""A word that a source has in two pieces is made whole, and what stands beside it with it."""

from __future__ import annotations

import re
from dataclasses import replace

from rackhouse.services.scripture.model.annotations import Beside, Word
from rackhouse.services.scripture.model.composing import Composed


def whole(verse: Composed, split: str) -> Composed:
    """The verse with `bold ly` as one word, wherever it has it. A word that two Strong's numbers
    had pieces of has both.
    """
    found = re.search(rf"\b{re.escape(split)}\b", verse.text)
    return whole(_closed(verse, found.start() + split.index(" ")), split) if found else verse


def _closed(verse: Composed, gap: int) -> Composed:
    """Without the space at `gap`: what is behind it moves by one."""

    def moved(at: int) -> int:
        return at - (at > gap)

    told = verse.beside
    words: list[Word] = []
    for it in told.words:
        word = Word(moved(it.start), moved(it.end), it.strongs)
        if words and words[-1].end == word.start == gap:
            first = words.pop()
            numbers = dict.fromkeys((*first.strongs, *word.strongs))
            word = Word(first.start, word.end, tuple(numbers))
        words.append(word)
    beside = Beside(
        tuple(words),
        tuple(replace(it, at=moved(it.at)) for it in told.notes),
        tuple(replace(it, at=moved(it.at)) for it in told.headings),
        told.number,
    )
    return Composed(verse.text[:gap] + verse.text[gap + 1 :], beside)
