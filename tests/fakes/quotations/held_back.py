"""Three classes of false quotations that were held back until the guard stood."""

from __future__ import annotations

import random

from fakes.quotations.changes import _with
from fakes.quotations.items import Changed, plain
from fakes.quotations.verses import part, verse

_MODERN = {
    "thou": "you", "thee": "you", "thy": "your", "thine": "your", "ye": "you", "hath": "has",
    "doth": "does", "saith": "says", "unto": "to", "shalt": "shall", "hast": "have", "art": "are",
    "spake": "spoke", "shall": "will", "behold": "look", "sayest": "say", "cometh": "comes",
    "goeth": "goes", "upon": "on", "whosoever": "whoever", "begat": "fathered", "yea": "yes",
}  # fmt: skip
# Of an unmarked verse's words; with more it is a translation that nobody holds, and no quotation.
_MODERNISED = 0.2
_VERBS = ("shall", "is", "was", "hath", "are", "were", "did", "will", "have", "had", "can", "may")


def denied(dice: random.Random) -> Changed:
    """It says the contrary: a `not` too many, or too few."""
    while True:
        _, number, words = part(dice)
        told = [plain(word)[0] for word in words]
        if "not" in told[1:-1]:
            at = told.index("not", 1)
            return _with(words, at, at + 1, [], number)
        fit = [at for at in range(len(told) - 1) if told[at] in _VERBS]
        if fit:
            at = dice.choice(fit) + 1
            return _with(words, at, at, ["not"], number)


def joined(dice: random.Random) -> Changed:
    """The first half of a verse and the second half of another."""
    _, number, words = verse(dice, 10)
    _, _, others = verse(dice, 10)
    at, on = len(words) // 2, len(others) // 2
    made = (*words[: min(at, 12)], *others[on : on + 12])
    at = min(at, 12)
    # Without marks they are two runs of the text's own words, and no quotation.
    return Changed(made, at - 1, at + 1, number, unmarked=False)


def modern(dice: random.Random) -> Changed:
    """Each old word is a new one."""
    while True:
        _, number, words = part(dice)
        at = [i for i, word in enumerate(words) if plain(word)[0] in _MODERN]
        if at:
            made = [_MODERN.get(plain(word)[0], word) for word in words]
            few = len(at) <= _MODERNISED * len(made)
            return Changed(tuple(made), at[0], at[0] + 1, number, unmarked=few)


HELD_BACK = {"denied": denied, "two verses joined": joined, "made modern": modern}
