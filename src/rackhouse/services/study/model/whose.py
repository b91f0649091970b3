"""Whether what is asked of somebody is told of him. What nobody ever told of Samuel finds verses
with Samuel and verses with the rest of it, and none with both.
"""

from __future__ import annotations

import re

from rackhouse.services.study.model.evidence import Evidence
from rackhouse.services.study.model.words import STOP, content, fold, stem

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
# Everything is told of them: that a passage has them says nothing.
_EVERYWHERE = frozenset(("god", "lord", "jesus", "christ", "spirit", "holy", "father", "son"))


def apart(question: str, evidence: Evidence) -> float:
    """The share of its words beside names that no passage with these names has, at best; 0 where
    it has no name that scripture knows.
    """
    whose = _names(question, evidence)
    rest = [each for each in content(question) if each not in whose]
    if not whose or not rest:
        return 0.0
    having = (_said(evidence, at) for at in range(len(evidence)))
    with_names = (said for said in having if whose <= said)
    return 1 - max(
        (sum(each in said for each in rest) / len(rest) for said in with_names), default=0
    )


def _names(question: str, evidence: Evidence) -> frozenset[str]:
    """Stems of what the passages write with a great letter alone."""
    texts = (verse.text for it in evidence for each in it.texts for verse in each.verses)
    small, great = set[str](), set[str]()
    for text in texts:
        for word in _WORD.findall(text):
            (small if word[0].islower() else great).add(fold(word))
    passed = small | STOP | _EVERYWHERE
    asked = (fold(each) for each in _WORD.findall(question))
    return frozenset(stem(each) for each in asked if each in great and each not in passed)


def _said(evidence: Evidence, at: int) -> frozenset[str]:
    """What the passage says in any translation, and the words of the question that it matched."""
    it = evidence.passages[at]
    texts = (verse.text for each in it.texts for verse in each.verses)
    spoken = (stem(fold(word)) for text in texts for word in _WORD.findall(text))
    return frozenset((*spoken, *(stem(fold(each)) for each in it.why.terms)))
