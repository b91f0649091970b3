"""What stands between the items of a list."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.services.scripture.model.references import words
from rackhouse.services.scripture.model.references.tokens import Kind, Token

_MOST = 2  # `, and`; `; y`


@dataclass(frozen=True, slots=True)
class Between:
    """The token after it; `anew` where a semicolon is in it. `end` is 0 where nothing separates."""

    end: int = 0
    anew: bool = False


def between(told: list[Token], at: int) -> Between:
    """The separators at `at`."""
    begin, anew = at, False
    while at - begin < _MOST:
        token = told[at]
        if token.kind is Kind.MARK and token.text in {",", ";", "&", "+"}:
            anew = anew or token.text == ";"
        elif not (token.kind is Kind.WORD and token.text in words.AND):
            break
        at += 1
    return Between(at, anew) if at > begin else Between()
