"""What was found: passages, each with why it was found. Whatever is answered points at these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field


class How(StrEnum):
    """By what a passage came to be among the evidence."""

    NAMED = "named"  # its reference stands in the question
    SEARCHED = "searched"
    LINKED = "linked"  # a cross-reference of another passage
    TOPIC = "topic"  # of a topical work
    WORD = "word"  # of a word of the original
    CONTEXT = "context"  # what stands around another


class Verse(Struct, frozen=True, kw_only=True):
    """A verse in one translation."""

    id: int
    text: str


class Words(Struct, frozen=True, kw_only=True):
    """A passage in one translation: the verses that it has of it."""

    translation: str
    verses: tuple[Verse, ...]


class Why(Struct, frozen=True, kw_only=True):
    """Why a passage was found. `signals` are those of its best verse; `terms` what matched;
    `query` for what it was searched.
    """

    how: How
    query: str = ""
    score: float = 0.0
    signals: Mapping[str, float] = field(default_factory=dict)
    terms: tuple[str, ...] = ()


class Passage(Struct, frozen=True, kw_only=True):
    """Verses that belong together. `hits` are those of them that were found; the rest is context.
    `code` is its name for a model.
    """

    reference: str
    code: str
    first: int
    last: int
    hits: tuple[int, ...] = ()
    texts: tuple[Words, ...] = ()
    why: Why

    def words(self) -> Words:
        """In the translation that was asked for first, of those that have it."""
        return next((each for each in self.texts if each.verses), Words(translation="", verses=()))


class Translation(Struct, frozen=True, kw_only=True):
    """Whose words they are, on which terms; `digest` is that of all its words."""

    id: str
    name: str
    language: str = "en"
    licence: str = ""
    attribution: str = ""
    digest: str = ""


class Evidence(Struct, frozen=True, kw_only=True):
    """All that was found for a question, best first."""

    passages: tuple[Passage, ...] = ()

    def __iter__(self) -> Iterator[Passage]:
        return iter(self.passages)

    def __len__(self) -> int:
        return len(self.passages)

    def holding(self, first: int, last: int) -> Passage | None:
        """The passage that has these verses within."""
        return next(
            (each for each in self.passages if each.first <= first and last <= each.last), None
        )

    def and_also(self, more: Sequence[Passage]) -> Evidence:
        """With those that are not within one already."""
        new = [each for each in more if self.holding(each.first, each.last) is None]
        return Evidence(passages=(*self.passages, *new))
