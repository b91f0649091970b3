"""What makes words of a verse false. Each takes dice and gives words with one change."""

from __future__ import annotations

import random
from collections.abc import Callable

from fakes.quotations.held import texts
from fakes.quotations.items import Changed, plain
from fakes.quotations.verses import common, part
from fakes.quotations.verses import verse as verse_of

_PAIRS = """
lord/master god/deity heaven/sky earth/world man/person men/people son/child sons/children
king/ruler house/home land/country people/nation day/morning days/years hand/arm hands/arms
father/parent fathers/forebears children/kids wife/spouse brother/friend servant/worker
servants/workers city/town cities/towns word/message words/sayings way/road ways/paths
heart/mind soul/being spirit/breath name/title love/affection loved/cherished great/large
good/fine evil/bad wicked/guilty righteous/upright holy/sacred sin/wrong sins/wrongs death/dying
life/living light/brightness darkness/gloom water/rain sea/ocean fire/flame sword/blade
bread/food wine/drink came/arrived went/walked said/told saith/tells spake/talked speak/talk
saw/noticed see/notice know/understand knew/understood give/hand gave/handed take/grab
took/grabbed made/built make/build called/summoned answered/replied before/facing also/too
because/since therefore/so every/each all/whole many/several high/tall old/aged young/youthful
little/small voice/sound mouth/lips eyes/sight ears/hearing head/skull feet/steps blood/gore
flesh/meat gold/silver field/meadow tree/bush mountain/hill river/stream truth/fact faith/trust
hope/wish joy/delight peace/calm fear/dread glory/fame power/might mercy/pity grace/favour
law/rule
"""
_SYNONYMS = dict(pair.split("/") for pair in _PAIRS.split())


def swapped(dice: random.Random) -> Changed:
    """One word is another that verses have too."""
    _, verse, words = part(dice)
    at = dice.randrange(len(words))
    return _with(words, at, at + 1, [_other(dice, words[at])], verse)


def synonym(dice: random.Random) -> Changed:
    """One word is another that means the same."""
    while True:
        _, verse, words = part(dice)
        fit = [at for at, word in enumerate(words) if plain(word)[0] in _SYNONYMS]
        if fit:
            at = dice.choice(fit)
            return _with(words, at, at + 1, [_SYNONYMS[plain(words[at])[0]]], verse)


def dropped(dice: random.Random) -> Changed:
    """One word is missing in the midst."""
    _, verse, words = part(dice)
    at = dice.randrange(1, len(words) - 1)
    return _with(words, at, at + 1, [], verse)


def inserted(dice: random.Random) -> Changed:
    """One word is there too many."""
    _, verse, words = part(dice)
    at = dice.randrange(1, len(words))
    return _with(words, at, at, [dice.choice(common())], verse)


def transposed(dice: random.Random) -> Changed:
    """Two words beside each other change places."""
    while True:
        _, verse, words = part(dice)
        at = dice.randrange(len(words) - 1)
        if plain(words[at]) != plain(words[at + 1]):
            return _with(words, at, at + 2, [words[at + 1], words[at]], verse)


def mixed(dice: random.Random) -> Changed:
    """It begins in one translation and ends in the other."""
    while True:
        translation, verse, words = verse_of(dice, 8)
        other = texts()["asv" if translation == "kjv" else "kjv"].get(verse, "").split()
        at = dice.randrange(3, len(words) - 2)
        if len(other) <= at + 3:
            continue
        end = min(len(other), len(words))
        made = [*words[:at], *other[at:end]]
        if len(plain(" ".join(made))) == len(made):
            return Changed(tuple(made), max(at - 3, 0), min(at + 3, len(made)), verse)


def recased(dice: random.Random) -> Changed:
    """A word is swapped, and case and punctuation are others."""
    changed = swapped(dice)
    way = dice.choice((str.upper, str.title, str.lower))
    words = [
        way(word.strip(".,;:!?()")) + dice.choice(("", "", "", ",", " \u2014", ";"))
        for word in changed.words
    ]
    return Changed(tuple(words), changed.first, changed.last, changed.verse)


_LIKE = {
    "a": "\u0430",
    "e": "\u0435",
    "o": "\u043e",
    "p": "\u0440",
    "c": "\u0441",
    "i": "\u0456",
    "x": "\u0445",
}
_HIDDEN = ("\u200b", "\u00ad", "\u2060", "\u0301", "\ufe0f")


def disguised(dice: random.Random) -> Changed:
    """A word is swapped, and letters are of another alphabet, wide, or have something between."""
    changed = swapped(dice)
    return Changed(
        tuple(_disguised(dice, word) for word in changed.words),
        changed.first,
        changed.last,
        changed.verse,
    )


def _disguised(dice: random.Random, word: str) -> str:
    way = dice.randrange(5)
    if way == 0:
        return "".join(_LIKE.get(each, each) for each in word)
    if way == 1:
        at = dice.randrange(len(word)) + 1
        return word[:at] + dice.choice(_HIDDEN) + word[at:]
    if way == 2:
        return "".join(
            chr(ord(each) + 0xFEE0) if each.isascii() and each.isalpha() else each for each in word
        )
    if way == 3:
        at = dice.randrange(len(word)) + 1
        return f"{word[:at]}**{word[at:]}**" if at < len(word) else f"_{word}_"
    return word


def _with(words: list[str], first: int, last: int, new: list[str], verse: int) -> Changed:
    made = (*words[:first], *new, *words[last:])
    return Changed(made, first, first + len(new), verse)


def _other(dice: random.Random, word: str) -> str:
    while True:
        other = dice.choice(common())
        if other != plain(word)[0]:
            return other


CHANGES: dict[str, Callable[[random.Random], Changed]] = {
    "word swapped": swapped,
    "synonym": synonym,
    "word dropped": dropped,
    "word inserted": inserted,
    "words transposed": transposed,
    "translations mixed": mixed,
    "case and punctuation": recased,
    "letters disguised": disguised,
}
