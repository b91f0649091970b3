"""Whether a question follows on the one before, and what it is then read as: by a plain rule."""

from __future__ import annotations

import re

from rackhouse.services.study.model.words import STOP, content, words

_SHORT = 3  # words that say something: so few may lean on what was asked before
_LEAD = re.compile(
    r"^(?:and|but|so|then|also|why|how so|what about|how about|who else|what else|where else|more"
    r"|tell me more|explain|go on|y|pero|entonces|por qu[e\u00e9]|qu[e\u00e9] m[a\u00e1]s)\b",
    re.IGNORECASE,
)
_POINTING = (
    "he him his she her hers it its they them their theirs this that these those there then one"
    " ones same el ella ellos ellas eso esto ese esa"
)
_POINTS = frozenset(_POINTING.split())


def follows(question: str) -> bool:
    """Whether it cannot be read alone: it says too little, or points at what was said."""
    said = [word for word, _, _ in words(question)]
    asks = len(content(question))
    if not asks:
        return True
    return (asks < _SHORT and _points(said)) or (asks <= _SHORT and bool(_LEAD.match(question)))


def _points(said: list[str]) -> bool:
    """Not `the king that could not sleep`; but `what does that mean`."""
    return any(
        word in _POINTS and not (word == "that" and at and said[at - 1] not in STOP)
        for at, word in enumerate(said)
    )


def topic(question: str, before: str) -> str:
    """What it is about: itself where it stands alone, else what was asked before."""
    return before if before and follows(question) else question


def resolved(question: str, before: str) -> str:
    """With what it leans on."""
    return f"{question} ({before})" if before and follows(question) else question
