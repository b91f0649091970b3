"""What a person asks to be remembered: said by themself, in so many words, and nothing else."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_ASKED = re.compile(
    r"^\s*(?:please,?\s+)?(?:remember|note|keep in mind|don't forget|recuerda)"
    r"(?:\s+(?:that|que))?[:,]?\s+(?P<fact>.{3,300}?)\s*[.!]*\s*$",
    re.IGNORECASE,
)
# `Remember the sabbath day`: what is asked about, and no word of the person.
_OWN = re.compile(r"\b(?:i|i'm|i'd|my|me|we|our|us|yo|mi|mis|soy|tengo)\b", re.IGNORECASE)
MOST = 5  # facts of one message


def told(message: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """The facts, each with the sentence that it is of, and what is left of the message."""
    facts: list[tuple[str, str]] = []
    left: list[str] = []
    for found in _SENTENCE.finditer(message):
        sentence = found[0].strip()
        asked = None if sentence.endswith("?") else _ASKED.match(sentence.replace("\u2019", "'"))
        if asked and _OWN.search(asked["fact"]) and len(facts) < MOST:
            facts.append((asked["fact"], sentence))
        elif sentence:
            left.append(sentence)
    return tuple(facts), " ".join(left)
