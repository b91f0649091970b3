"""What is answered, as JSON has it. The names are the interface: see contracts/."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class Translation(Struct, frozen=True, kw_only=True):
    """`digest` is that of its words; `id@digest` names them for ever. `words`: it has Strong's
    numbers.
    """

    id: str
    name: str
    language: str
    licence: str
    attribution: str
    digest: str
    verses: int
    words: bool


class Translations(Struct, frozen=True, kw_only=True):
    """The first one is meant where none is named."""

    translations: tuple[Translation, ...]


class Verse(Struct, frozen=True, kw_only=True):
    """`id` is book * 1,000,000 + chapter * 1,000 + verse; `sha256` that of the text in UTF-8. `own`
    is there where its own edition has another number for it: `Romans 14:24`.
    """

    id: int
    chapter: int
    verse: int
    text: str
    sha256: str
    own: str | UnsetType = UNSET


class Word(Struct, frozen=True, kw_only=True):
    """The characters of the text from `start` up to `end` render these Strong's numbers."""

    start: int
    end: int
    strongs: tuple[str, ...]


class Note(Struct, frozen=True, kw_only=True):
    """It belongs before the character `at`. A footnote is a `note` or `cross` references; a heading
    a `psalm`'s own title, a `section`'s or a `speaker`.
    """

    at: int
    kind: str
    text: str


class Beside(Struct, frozen=True, kw_only=True):
    """What stands beside a verse; `include` says which of it is here. A verse that the text leaves
    out may have a note.
    """

    id: int
    words: tuple[Word, ...] | UnsetType = UNSET
    notes: tuple[Note, ...] | UnsetType = UNSET
    headings: tuple[Note, ...] | UnsetType = UNSET


class Words(Struct, frozen=True, kw_only=True):
    """A passage in one translation: the verses that it has of it."""

    translation: str
    verses: tuple[Verse, ...]
    beside: tuple[Beside, ...] | UnsetType = UNSET


class Passage(Struct, frozen=True, kw_only=True):
    """One range of verses, in each translation that was asked for."""

    reference: str
    first: int
    last: int
    texts: tuple[Words, ...]


class Passages(Struct, frozen=True, kw_only=True):
    """What a reference means, in the order in which it says it."""

    reference: str
    passages: tuple[Passage, ...]
    translations: tuple[Translation, ...]


class Place(Struct, frozen=True, kw_only=True):
    """A chapter, by its book's code."""

    book: str
    chapter: int


class Chapter(Struct, frozen=True, kw_only=True):
    """A chapter, and those beside it; null at both ends of all."""

    reference: str
    book: str
    chapter: int
    texts: tuple[Words, ...]
    translations: tuple[Translation, ...]
    before: Place | None
    after: Place | None


class Book(Struct, frozen=True, kw_only=True):
    """`code` is that of USFM; `verses` how many each chapter has."""

    id: int
    code: str
    english: str
    spanish: str
    verses: tuple[int, ...]


class Books(Struct, frozen=True, kw_only=True):
    """In their order."""

    books: tuple[Book, ...]


class Found(Struct, frozen=True, kw_only=True):
    """A reference in a text: its characters from `start` up to `end`, counted from 0."""

    start: int
    end: int
    text: str
    reference: str
    ranges: tuple[tuple[int, int], ...]


class References(Struct, frozen=True, kw_only=True):
    """In the order in which they stand."""

    references: tuple[Found, ...]


class Rendering(Struct, frozen=True, kw_only=True):
    """Words that stand for it, and how often."""

    text: str
    count: int


class Occurrence(Struct, frozen=True, kw_only=True):
    """A verse that has it, and what renders it there."""

    id: int
    reference: str
    text: str
    renderings: tuple[str, ...]


class Definition(Struct, frozen=True, kw_only=True):
    """What a lexicon says of a word."""

    work: str
    name: str
    text: str
    licence: str
    attribution: str


class Strong(Struct, frozen=True, kw_only=True):
    """A word of Hebrew (`H1`) or Greek (`G1`) by its Strong's number: `verses` that have it, how
    often (`count`) and as what; then some of the verses. `next`, where it is, is the `after` of
    those that follow; `definition` that of a lexicon, where one is installed.
    """

    number: str
    count: int
    verses: int
    renderings: tuple[Rendering, ...]
    occurrences: tuple[Occurrence, ...]
    next: int | None
    translation: Translation
    definition: Definition | None
