"""What the services that are asked answer: references in a text, passages that were searched."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

Range = tuple[int, int]  # the first verse and the last
UNFILLED = "unfilled"  # the code of a search that does not hold all of scripture yet


class Refused(Exception):
    """A service says that what was asked is wrong, in its words; `code` is its name for it,
    `fix` how it is mended, where it says so.
    """

    def __init__(self, what: str, code: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.fix = fix


class Found(Struct, frozen=True, kw_only=True):
    """A reference in a text: where it stands, and its ranges of verses."""

    start: int
    end: int
    reference: str
    ranges: tuple[Range, ...]


class Word(Struct, frozen=True, kw_only=True):
    """A word of the original: what a lexicon and translations say of it, and where it occurs."""

    says: str
    ranges: tuple[Range, ...]


class Hit(Struct, frozen=True, kw_only=True):
    """A passage that retrieval found; of scripture its id is the number of a verse."""

    collection: str
    passage: str
    document: str = ""
    title: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    score: float = 0.0
    signals: Mapping[str, float] = field(default_factory=dict)
    terms: tuple[str, ...] = ()


class Results(Struct, frozen=True, kw_only=True):
    """`degraded` says what the search had to do without."""

    hits: tuple[Hit, ...] = ()
    corrected: str = ""
    degraded: tuple[str, ...] = ()
