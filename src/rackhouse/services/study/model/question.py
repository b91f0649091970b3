"""A question as it was sent, made readable: what cannot be seen is taken out of it."""

from __future__ import annotations

import re
import unicodedata

from rackhouse.kit.web.problem import BadRequest, TooLarge

LONGEST = 2_000  # characters
_SPACES = re.compile(r"\s+")
# Letters need the first two; of all others that cannot be seen none is needed to read a question.
_JOINERS = {"\u200c", "\u200d"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def read(said: str) -> str:
    """The question in one line, composed (NFC). BadRequest, TooLarge."""
    if len(said) > LONGEST:
        raise TooLarge(
            f"the question has {len(said):,} characters, and {LONGEST:,} are read",
            fix="ask it shorter; a longer text belongs into a note",
            param="question",
        )
    seen = "".join(each for each in said if _seen(each))
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", seen)).strip()
    if not any(each.isalnum() for each in line):
        raise BadRequest(
            "there is no question", fix="ask in words, or name a passage", param="question"
        )
    return line


def cleaned(said: str) -> str:
    """A longer text: its lines stay, what cannot be seen does not."""
    lines = ("".join(it for it in line if _seen(it)).rstrip() for line in said.splitlines())
    return unicodedata.normalize("NFC", "\n".join(lines)).strip()


def _seen(character: str) -> bool:
    if character in _JOINERS or character.isspace():
        return True
    return unicodedata.category(character) not in _UNSEEN
