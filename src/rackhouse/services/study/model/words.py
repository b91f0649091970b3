"""Words as they are compared: folded, without their commonest endings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_ENDINGS = ("edst", "ingly", "iness", "eth", "est", "ing", "ies", "ied", "ed", "es", "ly", "s")
_SHORTEST = 3  # letters that an ending leaves
# What a question is asked with, and no verse is found by.
_STOP = (
    "a about after again all also am an and any are as at be because been before being between both"
    " but by can could did do does doing done down during each either else ever every few for from"
    " further get give had has have having he her here hers him his how i if in into is it its just"
    " like may me might mine more most much must my no nor not now of off on once only or other our"
    " ours out over own please say says said same scripture bible verse verses passage passages"
    " chapter she should show so some such tell than that the thee their theirs them then there"
    " these they thine this those thou through thy to too under until unto up upon us very was we"
    " were what when where which while who whom whose why will with would ye yes you your yours"
    " shall hath doth"
    " el la los las un una de del que y en por para con es se lo su al como cual quien dice sobre"
)
STOP = frozenset(_STOP.split())


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word folded, and where it stands."""
    for found in _WORD.finditer(text):
        yield fold(found[0]), found.start(), found.end()


def fold(word: str) -> str:
    """Without case, accents and what belongs to somebody."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("\u2019", "'"))
    return "".join(it for it in plain if not unicodedata.combining(it)).removesuffix("'s")


def stem(word: str) -> str:
    """A folded word without a common ending: a rough one, for comparing alone."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            cut = word.removesuffix(ending)
            return cut + "y" if ending in {"ies", "ied", "iness"} else cut.removesuffix("e")
    return word.removesuffix("e") if len(word) > _SHORTEST else word


def content(text: str) -> tuple[str, ...]:
    """The stems of the words that say what it is about, each once."""
    return tuple(dict.fromkeys(stem(each) for each, _, _ in words(text) if each not in STOP))


def marks(text: str, wanted: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where words of these stems stand."""
    stems = set(wanted)
    return tuple((start, end) for each, start, end in words(text) if stem(each) in stems)
