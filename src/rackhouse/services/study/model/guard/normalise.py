"""A text as it is compared: without what only changes how it looks. Every place in it leads back to
its place in what was written.

Two texts are the same words where these agree. Not looked at are case, punctuation, spaces and line
breaks, the form of quotation marks and dashes, accents, Markdown's emphasis, tags, entities, raised
numbers, what has no width, and letters of other alphabets that look alike.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import NamedTuple

from rackhouse.services.study.model.guard.confusables import DIGITS, likened, mixed, unmasked

_PLAIN = re.compile(r"[\n\t !-%'-)+-;=?-\[\]^a-z{|}]*\Z")  # no & * < > \ _ ` ~, nor beyond ASCII
_PIECE = re.compile(
    r"(?P<token>\[\[[^\[\]\n]{1,60}\]\])"  # what the server fills in: a wall between words
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?)"
    r"|(?P<quoted>(?m:^[ \t]*(?:>[ \t]?)+))"
    r"|(?P<tag></?[A-Za-z][^<>]{0,80}>|<!--.*?-->)"
    r"|(?P<mark>[*_`~\\]+)"
    r"|(?P<letter>(?s:.))"
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*")
_STRANGE = re.compile(r"[^\W\d_]+")
_LETTER = re.compile(r"[^\W\d_]")
WALL = "\x00"  # where a token stood
LINE = "\x01"  # where a line begins that is set off as quoted


class Word(NamedTuple):
    """A word as it is compared, and its place in the cleaned text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clean:
    """`text` is `source` without what is not looked at. `places` has for each of its characters
    where that stood, and at last how long the source is; None where nothing was left out.
    """

    source: str
    text: str
    places: tuple[int, ...] | None = None

    def start(self, at: int) -> int:
        """Where in the source that place is; what is not seen before it belongs to it."""
        if self.places is None:
            return at
        return self.places[at - 1] + 1 if at and self._adjoins(at) else self.places[at]

    def end(self, at: int) -> int:
        """The same of the end of a stretch."""
        return at if self.places is None else self.places[at]

    def _adjoins(self, at: int) -> bool:
        # An entity is one character of several: only a plain one is known to end there.
        assert self.places is not None
        return self.source[self.places[at - 1]] == self.text[at - 1]


def clean(source: str) -> Clean:
    """A sentence without what only changes how it looks."""
    if _PLAIN.match(source) and "[[" not in source:
        return Clean(source, source)
    kept: list[str] = []
    places: list[int] = []
    for piece in _PIECE.finditer(source):
        for letter in _seen(piece):
            kept.append(letter)
            places.append(piece.start())
    places.append(len(source))
    return Clean(source, _STRANGE.sub(_likened, "".join(kept)), tuple(places))


def _likened(found: re.Match[str]) -> str:
    return found[0] if found[0].isascii() else likened(found[0])


def _seen(piece: re.Match[str]) -> str:
    said = piece[0]
    match piece.lastgroup:
        case "token":
            return WALL
        case "quoted":
            return LINE
        case "entity":
            read = html.unescape(said)
            return said if read == said else "".join(unmasked(each) for each in read)
        case "tag" | "mark":
            return ""
        case _:
            return said if said.isascii() else unmasked(said)


def words(text: str) -> list[Word]:
    """The words of a cleaned text."""
    return [Word(_same(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]


def _same(word: str) -> str:
    small = word.lower()
    if small.isalpha():
        return small
    small = small.replace("'", "")
    if not small.isalpha() and _LETTER.search(small) and not small[0].isdecimal():
        small = small.translate(DIGITS)  # but not 1st, 3rd
    return small


def bare(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [word.text for word in words(clean(text).text)]


def unreadable(said: list[Word]) -> bool:
    """Whether words are written so that what they read cannot be told."""
    strange = sum(1 for word in said if not word.text.isascii() and mixed(word.text))
    alone = run = 0
    for word in said:  # s p a c e d
        run = run + 1 if len(word.text) == 1 and word.text.isalpha() else 0
        alone = max(alone, run)
    return strange > 1 or alone > 5
