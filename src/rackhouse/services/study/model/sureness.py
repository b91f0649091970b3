"""Whether what was found answers the question: the one place that decides "I do not find this".

A sum of what the signals of the best passages say, as one number from 0 to 1. The weights and the
threshold are set on questions (tests/retrieval), not on feelings: see `docs/how-to/study.md`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rackhouse.services.study.model.evidence import Evidence, How, Passage
from rackhouse.services.study.model.words import content, stem, words

THRESHOLD = 0.5
_TOP = 3  # passages that are looked at
_BESIDE = 0.9  # of how sure the best passage is


@dataclass(frozen=True, slots=True)
class Weights:
    """`meaning` is for the cosine of the best verse beyond what any text has with any other,
    `words` for how much of what its words are worth a verse has, `covered` for the share of the
    question's words that one of the best passages holds.
    """

    bias: float = -0.5
    meaning: float = 6.0
    usual: float = 0.33
    words: float = 2.0
    covered: float = 0.5


WEIGHTS = Weights()


def sureness(question: str, evidence: Evidence, weights: Weights = WEIGHTS) -> float:
    """0 where nothing was found, 1 where the question names the passage."""
    best = evidence.passages[:_TOP]
    if not best:
        return 0.0
    if any(each.why.how is How.NAMED for each in evidence):
        return 1.0
    return _sum(question, best, weights)


def strong(question: str, evidence: Evidence) -> tuple[Passage, ...]:
    """Those that are worth showing beside the best one: as sure as that, or nearly."""
    each = [(_sum(question, [it], WEIGHTS), it) for it in evidence]
    enough = _BESIDE * max((value for value, _ in each), default=0.0)
    return (
        tuple(it for value, it in each if value >= enough or it.why.how is not How.SEARCHED)
        or evidence.passages[:1]
    )


def _sum(question: str, best: Sequence[Passage], weights: Weights) -> float:
    said = (
        weights.bias
        + weights.meaning * max(0.0, _highest(best, "meaning") - weights.usual)
        + weights.covered * _covered(question, best)
        + weights.words * min(1.0, _highest(best, "words"))
    )
    return 1 / (1 + math.exp(-said))


def sure(value: float) -> bool:
    """Enough for an answer."""
    return value >= THRESHOLD


def _highest(passages: Iterable[Passage], signal: str) -> float:
    return max((_value(each.why.signals, signal) for each in passages), default=0.0)


def _value(signals: Mapping[str, float], name: str) -> float:
    value = signals.get(name, 0.0)
    return value if math.isfinite(value) else 0.0


def _covered(question: str, passages: Sequence[Passage]) -> float:
    """The share of its words that stand in one of the passages, in any translation."""
    asked = content(question)
    if not asked:
        return 0.0
    shares = []
    for each in passages:
        texts = " ".join(verse.text for words in each.texts for verse in words.verses)
        held = {stem(word) for word, _, _ in words(texts)}
        shares.append(sum(word in held for word in asked) / len(asked))
    return max(shares)
