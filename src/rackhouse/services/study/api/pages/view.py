"""An answer as templates want it: text in pieces, so that nothing but a template writes markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rackhouse.services.study.model.answer import Answer, Inline, QuotedVerse, Said, spoken
from rackhouse.services.study.model.evidence import How, Passage, Translation

_HOW = {
    How.NAMED: "the question names it",
    How.SEARCHED: "found by searching",
    How.LINKED: "a cross-reference of another passage",
    How.TOPIC: "listed under this topic",
    How.WORD: "has this word of the original",
    How.CONTEXT: "stands around another passage",
}
_SIGNALS = {
    "words": "its words",
    "meaning": "its meaning",
    "remarks": "what is said about it",
    "quotation": "words in their order",
    "neighbour": "the verses beside it",
    "lookup": "a reference in the search",
}
_TINY = 0.005


@dataclass(frozen=True, slots=True)
class Piece:
    """Text; `lit` where it matches, `quote` where it is scripture's."""

    text: str
    lit: bool = False
    quote: Inline | None = None


def verse(verse: QuotedVerse) -> list[Piece]:
    """A verse with its matching words apart."""
    pieces, at = [], 0
    for start, end in verse.marks:
        if at <= start < end <= len(verse.text):
            pieces += [Piece(verse.text[at:start]), Piece(verse.text[start:end], lit=True)]
            at = end
    return [each for each in (*pieces, Piece(verse.text[at:])) if each.text]


def sentence(said: Said) -> list[Piece]:
    """A sentence with scripture's words apart."""
    pieces, at = [], 0
    for quote in said.quotes:
        if at <= quote.start < quote.end <= len(said.text):
            pieces += [
                Piece(said.text[at : quote.start]),
                Piece(said.text[quote.start : quote.end], quote=quote),
            ]
            at = quote.end
    return [each for each in (*pieces, Piece(said.text[at:])) if each.text]


def why(passage: Passage) -> str:
    """In words: how it was found, and what spoke for it."""
    told = [_HOW[passage.why.how]]
    if passage.why.query and passage.why.how is How.SEARCHED:
        told[0] += f" for \u201c{passage.why.query}\u201d"
    if passage.why.terms:
        told.append(f"shares: {', '.join(passage.why.terms)}")
    return "; ".join(told)


def signals(passage: Passage) -> list[tuple[str, str]]:
    """What each signal said of it."""
    return [
        (_SIGNALS.get(name, name), f"{value:.2f}")
        for name, value in sorted(passage.why.signals.items(), key=lambda it: -abs(it[1]))
        if abs(value) >= _TINY
    ]


def terms(answer: Answer) -> list[Translation]:
    """The translations whose words it has."""
    used = spoken(answer.parts)
    return [each for each in answer.translations if each.id in used]


def named(id: str, translations: Sequence[Translation]) -> str:
    """A translation by its name, where it is known."""
    return next((each.name for each in translations if each.id == id), id.upper())


def day(moment: datetime) -> str:
    """As people write it."""
    return f"{moment.day} {moment:%B %Y}"


FILTERS = {
    "verse": verse,
    "sentence": sentence,
    "why": why,
    "signals": signals,
    "terms": terms,
    "day": day,
}
