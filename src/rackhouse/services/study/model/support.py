"""How well verses support a sentence that cites them: a *support score*, from 0 to 1. It is
similarity and rules, and no entailment: it cannot reason, and does not know what is true. How often
it is wrong on a labelled set is printed by `benchmarks/guard.py`.

What is shared counts for it: meaning, where the caller has vectors, and words. What contradicts
counts against it: a `not` on one side alone, a name or a number that the verses do not have, a word
whose contrary stands there, an `only` that does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from rackhouse.services.study.model.contraries import CONTRARY, MANY, NAMES, SAME
from rackhouse.services.study.model.words import STOP, fold, stem

SUPPORTED = 0.5  # from here on a sentence may stand
_MEANING, _SHARED = (
    0.6,
    0.6,
)  # what full similarity and full sharing are worth, where both are known
_LEAST = 0.3  # a similarity below that is none
_AGAINST = 0.51  # what one contradiction takes away
_NEAR = 12  # words before a word, among which a `not` of its clause denies it

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|[.,;:!?]")
_NOT = frozenset(("not", "no", "never", "neither", "nor", "without", "cannot"))
_NOBODY = frozenset(("nobody", "nothing", "none"))
_LIMITS = frozenset(("only", "alone", "everybody"))
# What a sentence tells of is often told with these words, which the verse need not have.
_TELLING = frozenset(
    stem(word)
    for word in ("psalmist", "prayer", "pray", "jesus", "christ", "god", "lord", "paul", "people")
)


class Against(StrEnum):
    """What of a sentence contradicts the verses."""

    NEGATION = "negation"
    NAME = "name"
    NUMBER = "number"
    CONTRARY = "contrary"
    LIMIT = "limit"


class Support(Struct, frozen=True, kw_only=True):
    """`shared`: how much of its words the verses have. `similarity` as the caller had it."""

    score: float
    shared: float
    similarity: float | None = None
    against: tuple[Against, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether the sentence may stand."""
        return self.score >= SUPPORTED


class _Told(Struct, frozen=True):
    """What a text says and what it denies, as stems; its names, numbers and limits."""

    said: frozenset[str]
    denied: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[int]
    limits: frozenset[str]

    @property
    def stems(self) -> frozenset[str]:
        return self.said | self.denied


def support(claim: str, verses: Sequence[str], similarity: float | None = None) -> Support:
    """Of a sentence by the verses that it cites, all of them together. `similarity`: the cosine of
    the nearest, where there are vectors.
    """
    said, held = _told(claim), _told(" ".join(verses))
    own = said.stems - _TELLING or said.stems
    shared = len(own & held.stems) / len(own) if own else 0.0
    against = tuple(_against(said, held))
    score = shared
    if similarity is not None:
        score = _MEANING * max(similarity - _LEAST, 0.0) / (1 - _LEAST) + _SHARED * shared
    score = max(0.0, min(1.0, score) - _AGAINST * len(against))
    return Support(score=score, shared=shared, similarity=similarity, against=against)


def _told(text: str) -> _Told:
    words = [fold(found[0]) for found in _WORD.finditer(text)]
    said, denied = set[str](), set[str]()
    for at, word in enumerate(words):
        passed = word in STOP or word in _NOT or word in _NOBODY or word in MANY
        if passed or not word[0].isalpha():
            continue
        (denied if _denies(words, at) else said).add(SAME.get(stem(word), stem(word)))
    many = {MANY[word] for word in words if word in MANY}
    digits = {int(word) for word in words if word.isdecimal() and len(word) < 6}
    return _Told(
        frozenset(said),
        frozenset(denied),
        frozenset(word for word in words if word in NAMES),
        frozenset(many | digits),
        frozenset(word for word in words if word in _LIMITS),
    )


def _denies(words: Sequence[str], at: int) -> bool:
    """Whether a `not` before the word in its clause, or just behind it, denies it."""
    for back in range(at - 1, max(at - 1 - _NEAR, -1), -1):
        if not words[back][0].isalnum():
            break
        if words[back] in _NOT or words[back] in _NOBODY or words[back].endswith("n't"):
            return True
    behind = words[at + 1 : at + 3]
    return bool(behind) and (behind[0] == "not" or not _NOBODY.isdisjoint(behind))


def _against(said: _Told, held: _Told) -> list[Against]:
    """What contradicts, each kind once."""
    found = []
    if said.numbers - held.numbers and held.numbers:
        found.append(Against.NUMBER)
    if said.names - held.names - _TELLING:
        found.append(Against.NAME)
    if said.limits - held.limits:
        found.append(Against.LIMIT)
    contrary = {
        it
        for it in said.said - held.stems
        if any(other in held.said - said.stems for other in CONTRARY.get(it, ()))
    }
    if contrary:
        found.append(Against.CONTRARY)
    turned = (said.denied & held.said) - held.denied
    turned |= (said.said & held.denied) - held.said - said.denied
    if turned:
        found.append(Against.NEGATION)
    return found
