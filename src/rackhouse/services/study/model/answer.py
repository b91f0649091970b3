"""An answer: parts in their order. Words of scripture are parts of their own, which nobody but the
text store has written.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from rackhouse.services.study.model.evidence import Passage, Translation
from rackhouse.services.study.model.trace import Step


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"  # "I do not find this in scripture"
    NOTED = "noted"  # it was no question, but something to remember


class By(StrEnum):
    """Who put the parts together."""

    PASSAGES = "passages"  # nobody but the passages themselves
    MODEL = "model"  # a language model wrote the sentences between them


class QuotedVerse(Struct, frozen=True, kw_only=True):
    """`marks` are the words that match, as characters from..up to. `found`: it is no context."""

    id: int
    chapter: int
    verse: int
    text: str
    marks: tuple[tuple[int, int], ...] = ()
    found: bool = True


class Heading(Struct, frozen=True, kw_only=True, tag="heading", tag_field="kind"):
    """A line above what follows."""

    text: str


class Cited(Struct, frozen=True, kw_only=True):
    """A passage that a sentence points at."""

    reference: str
    code: str


class Inline(Struct, frozen=True, kw_only=True):
    """Characters of a sentence that are scripture's words, written by the server."""

    start: int
    end: int
    reference: str
    code: str
    translation: str


class Said(Struct, frozen=True, kw_only=True, tag="said", tag_field="kind"):
    """A sentence that is not scripture's, but for `quotes` within it. `citations` are passages of
    the evidence; `support` is a support score (similarity and rules, no proof), null where nothing
    was compared. `entailment` is how likely it follows from them by a model of entailment, null
    where there is none.
    """

    text: str
    citations: tuple[Cited, ...] = ()
    quotes: tuple[Inline, ...] = ()
    support: float | None = None
    entailment: float | None = None


class Quote(Struct, frozen=True, kw_only=True, tag="quote", tag_field="kind"):
    """Words of scripture, from the text store."""

    reference: str
    code: str
    first: int
    last: int
    translation: str
    verses: tuple[QuotedVerse, ...]


Part = Heading | Said | Quote


def spoken(parts: Iterable[Part]) -> frozenset[str]:
    """The translations whose words are in these, also within a sentence."""
    some: set[str] = set()
    for part in parts:
        if isinstance(part, Quote):
            some.add(part.translation)
        elif isinstance(part, Said):
            some |= {each.translation for each in part.quotes}
    return frozenset(some)


class Answer(Struct, frozen=True, kw_only=True):
    """`notes` say what was not as it should be: what was away, what was read otherwise.
    `translations` are those that were asked for, and any other whose words it has, with their
    terms. `conversation` is where it is kept, "" where it is not.
    """

    question: str
    outcome: Outcome
    by: By = By.PASSAGES
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Passage, ...] = ()
    translations: tuple[Translation, ...] = ()
    sureness: float = 0.0
    conversation: str = ""
    trace: tuple[Step, ...] = ()
