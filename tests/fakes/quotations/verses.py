"""Verses and parts of verses, at random, and how a verse is written."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

from fakes.quotations.held import texts
from fakes.quotations.items import plain, split
from rackhouse.services.scripture.model.reference import Range, written


@cache
def everything() -> str:
    """All texts as one run of words, to look whether some words are in a row anywhere."""
    return (
        " "
        + " | ".join(
            " ".join(" ".join(plain(said[verse])) for verse in sorted(said))
            for said in texts().values()
        )
        + " "
    )


def there(words: list[str] | tuple[str, ...]) -> bool:
    """Whether some text has these words in a row."""
    return f" {' '.join(words)} " in everything()


@cache
def common() -> tuple[str, ...]:
    """The words that verses have most often."""
    counts = Counter(word for verse in texts()["kjv"].values() for word in plain(verse))
    return tuple(word for word, often in counts.most_common(4_000) if len(word) > 2)


@cache
def _numbers(translation: str) -> tuple[int, ...]:
    return tuple(sorted(texts()[translation]))


def verse(dice: random.Random, least: int = 6) -> tuple[str, int, list[str]]:
    """A translation, a verse of it of so many words at least, and its words with their marks."""
    while True:
        translation = dice.choice(("kjv", "asv"))
        number = dice.choice(_numbers(translation))
        words = texts()[translation][number].split()
        if len(words) >= least and len(split(" ".join(words))) == len(words):
            return translation, number, words


def part(dice: random.Random, least: int = 6, most: int = 30) -> tuple[str, int, list[str]]:
    """The same of a part of one."""
    translation, number, words = verse(dice, least)
    size = dice.randint(least, min(most, len(words)))
    start = dice.choice((0, 0, dice.randint(0, len(words) - size)))
    return translation, number, words[start : start + size]


def name(number: int) -> str:
    return written(Range(number, number))


def another(dice: random.Random, number: int) -> int:
    """A verse that is not beside that one."""
    while True:
        other = dice.choice(_numbers("kjv"))
        if other // 1000 != number // 1000:
            return other
