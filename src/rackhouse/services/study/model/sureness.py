"""Whether what was found answers the question: the one place that decides "I do not find this".

A sum of what the best passages' signals, the bearings and what is asked for say, as one number
from 0 to 1. The weights are a logistic regression on three sets of tests/retrieval: `abstain`, the
open half and every other question of `fresh` (both classes alike, ridge 2, each question once with
its own saying or legend among the bearings and once without), and the bias leaves more than nine
tenths of the answerable ones answered; what that is worth on questions that it was not made of is
printed by `benchmarks/study.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rackhouse.services.study.model import bearings, slots
from rackhouse.services.study.model.bearings import NOWHERE, Kind, Nearest
from rackhouse.services.study.model.evidence import Evidence, How, Passage
from rackhouse.services.study.model.whose import apart
from rackhouse.services.study.model.words import content, stem, words

THRESHOLD = 0.5
_TOP = 3  # passages whose meaning is looked at
_TELLING = 5  # passages of which one has to tell the name or the number that is asked for
_BESIDE = 0.9  # of how sure the best passage is
# Chosen on tests/retrieval: which passage answers directly, among those that were found.
_MEANT = 20.0  # deviations that a cosine of 1 is worth
_FAR = 2.0  # deviations below the best: what is less than that is not quoted


@dataclass(frozen=True, slots=True)
class Weights:
    """`meaning` is for the cosine of the best verse, `words` for how much of what its words are
    worth a verse has, `told` for the cosine to what scripture speaks of; against it count the
    cosines to the world elsewhere and to what is taken for scripture, beyond what any question has
    to any of them, a name, number or colour that no passage tells, and what is asked of somebody
    that no passage about him tells.
    """

    bias: float = -3.3
    meaning: float = 2.3
    words: float = 2.3
    told: float = 7.8
    elsewhere: float = -8.0
    taken: float = -11.8
    untold: float = -4.5
    apart: float = -2.2


@dataclass(frozen=True, slots=True)
class Plain:
    """Where no bearings are at hand: `meaning` is for the cosine beyond what any text has with any
    other, `covered` for the share of the question's words that one of the best passages holds.
    """

    bias: float = -0.5
    meaning: float = 6.0
    usual: float = 0.33
    words: float = 2.0
    covered: float = 0.5


WEIGHTS = Weights()
PLAIN = Plain()
_ANYWHERE = 0.3  # cosine that any question has to some subject of the world
_ANY = 0.45  # and to some saying


def sureness(question: str, evidence: Evidence, near: Nearest = NOWHERE) -> float:
    """0 where nothing was found, 1 where the question names the passage."""
    best = evidence.passages[:_TOP]
    if not best:
        return 0.0
    if any(each.why.how is How.NAMED for each in evidence):
        return 1.0
    if not near:
        return _plain(question, best)
    return _logistic(
        WEIGHTS.bias
        + WEIGHTS.meaning * _highest(best, "meaning")
        + WEIGHTS.words * min(1.0, _highest(evidence, "words"))
        + WEIGHTS.told * _beyond(near, bearings.TOLD, 0.0)
        + WEIGHTS.elsewhere * _beyond(near, bearings.ELSEWHERE, _ANYWHERE)
        + WEIGHTS.taken * _beyond(near, bearings.TAKEN_FOR, _ANY)
        + WEIGHTS.untold * untold(question, evidence)
        + WEIGHTS.apart * apart(question, evidence)
    )


def untold(question: str, evidence: Evidence) -> bool:
    """Whether it asks for a name, a number or a colour that none of the best passages tells."""
    asked = slots.asked(question)
    return asked is not None and not slots.told(asked, evidence.passages[:_TELLING])


def strong(question: str, evidence: Evidence) -> tuple[Passage, ...]:
    """Those that are worth showing beside the best one, best first. Without vectors those as sure
    as that, or nearly, in the order in which they were found.
    """
    if not any("meaning" in each.why.signals for each in evidence):
        return _as_sure(question, evidence)
    most = max(map(_worth, evidence))
    kept = (
        each for each in evidence if _worth(each) >= most - _FAR or each.why.how is not How.SEARCHED
    )
    return tuple(sorted(kept, key=lambda each: -_worth(each)))


def _worth(passage: Passage) -> float:
    """How much it promises to answer, in standard deviations of the search's score: meaning tells
    more of what answers than of what is to be looked through.
    """
    return passage.why.score + _MEANT * _value(passage.why.signals, "meaning")


def _as_sure(question: str, evidence: Evidence) -> tuple[Passage, ...]:
    each = [(_plain(question, [it]), it) for it in evidence]
    enough = _BESIDE * max((value for value, _ in each), default=0.0)
    return (
        tuple(it for value, it in each if value >= enough or it.why.how is not How.SEARCHED)
        or evidence.passages[:1]
    )


def sure(value: float) -> bool:
    """Enough for an answer."""
    return value >= THRESHOLD


def _plain(question: str, best: Sequence[Passage]) -> float:
    return _logistic(
        PLAIN.bias
        + PLAIN.meaning * max(0.0, _highest(best, "meaning") - PLAIN.usual)
        + PLAIN.covered * _covered(question, best)
        + PLAIN.words * min(1.0, _highest(best, "words"))
    )


def _logistic(said: float) -> float:
    return 1 / (1 + math.exp(-said))


def _beyond(near: Nearest, kinds: Iterable[Kind], least: float) -> float:
    found = bearings.best(near, kinds)
    return max(0.0, found.cosine - least) if found else 0.0


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
