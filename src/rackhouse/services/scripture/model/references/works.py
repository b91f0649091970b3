"""Names that are not the book's: of another work, or behind a number that is none of its own."""

from __future__ import annotations

from rackhouse.services.scripture.model.references import words
from rackhouse.services.scripture.model.references.names import Named
from rackhouse.services.scripture.model.references.tokens import Kind, Token

_BACK = 6  # tokens that are looked at before a name
_LETTERS = frozenset({"jeremiah", "jeremias"})
_GOSPELS = frozenset({"judas", "jude", "james", "santiago"})
_BETWEEN = words.FILLERS | words.SAINT


def another(told: list[Token], name: Named) -> bool:
    """Whether it is that of `Acts of John`, `Gospel of Judas` or `Letter of Jeremiah`."""
    if name.numbered:
        return False
    for at in range(name.begin - 1, max(name.begin - _BACK, 0) - 1, -1):
        noun = told[at].text
        if noun in words.LETTERS:
            return name.word in _LETTERS
        if noun in words.GOSPELS:
            return name.word in _GOSPELS
        if noun in words.WORKS:
            return told[at + 1].text in words.OF
        if not _between(told[at]):
            return False
    return False


def counted(told: list[Token], name: Named, since: int) -> bool:
    """Whether a number or an ordinal that it has no book for stands before it: `1 Esdras`,
    `1-Juan`. `since`: where what was read before has ended.
    """
    if name.numbered:
        return False
    at = name.begin - 1
    while at >= since and name.begin - at < _BACK and _between(told[at], "-"):
        at -= 1
    if at < since or at < 0:
        return False
    if told[at].kind is Kind.WORD:
        return told[at].text in words.ORDINALS
    lone = told[at].kind is Kind.NUMBER and len(told[at].text) == 1 and told[at].number < 5
    before = told[at - 1] if at else None
    touched = before and told[at].glued and before.text not in {"(", "["}
    return lone and not touched and not (before and before.text in words.PLACES)


def _between(token: Token, mark: str = ".") -> bool:
    return token.text in {".", mark} or (token.kind is Kind.WORD and token.text in _BETWEEN)
