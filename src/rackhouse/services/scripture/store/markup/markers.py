"""What the markers of USFM mean, which are the styles of USX too."""

from __future__ import annotations

import re

from rackhouse.services.scripture.model.annotations import strongs
from rackhouse.services.scripture.store.markup.collecting import Collector

NOTES = {"f": "note", "fe": "note", "ef": "note", "x": "cross", "ex": "cross"}
_SILENT = re.compile(
    r"(id|ide|h|h\d|toc\d|toca\d|mte?\d?|rem|sts|usfm|cl|cp|cd|sr|r|rq|mr|iex|cat|lit|periph"
    r"|i[a-z]*\d?|xop?|fr|fig|ca|va|vp|pro|rt|z.*)"
)
_HEADINGS = {"d": "psalm", "sp": "speaker", "qa": "section"}
_SECTION = re.compile(r"(s|ms|sd|mse?)\d?")
_NUMBER = re.compile(r"(\d{1,3})[a-z]?(?:\s*[-,\u2013]\s*(\d{1,3})[a-z]?)?")


def kind_of(style: str) -> str:
    """What a paragraph or a run of characters is taken out as; "" where it is text."""
    if kind := NOTES.get(style) or _HEADINGS.get(style):
        return kind
    if _SILENT.fullmatch(style) and style != "it":
        return "nothing"
    return "section" if _SECTION.fullmatch(style) else ""


class Marked:
    """Book, chapters and verses of one file, said to a collector."""

    def __init__(self, to: Collector) -> None:
        self.to = to
        self.book = ""
        self.chapter = 0
        self._paragraph = ""  # as what the one that is open is taken out
        self._around = 0  # how many things were taken out before it

    def begins(self, code: str) -> None:
        """A book."""
        self.leaves()
        self.to.chapter()
        self.book, self.chapter = code.strip()[:3].upper(), 0
        if not re.fullmatch(r"[A-Z1-6][A-Z0-9]{2}", self.book):
            self.to.fault(f"{code[:20]!r} is no book", "name it by its code, as \\id GEN")
            self.book = ""

    def counts(self, said: str) -> None:
        """A chapter."""
        self.leaves()
        self.to.chapter()
        if said.isascii() and said.isdecimal() and 0 < int(said[:9]) < 1000:
            self.chapter = int(said)
        else:
            self.chapter = 0
            self.to.fault(f"{said[:20]!r} is no chapter", "number it, as \\c 1")
        if not self.book:
            self.to.fault("a chapter stands before its book", "begin the file with \\id GEN")

    def verse(self, said: str) -> None:
        """One, or several as one: `1-2`."""
        title = self._paragraph == "psalm"
        self.leaves()
        found = _NUMBER.fullmatch(said.replace("\u200f", "").strip())
        if not found or not self.chapter or not self.book:
            self.to.close()
            if not found:
                self.to.fault(f"{said[:20]!r} is no verse", "number it, as \\v 1 or \\v 1-2")
            elif self.book:
                self.to.fault(f"verse {said[:20]} stands in no chapter", "write \\c 1 before it")
            return
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            self.to.fault(f"verses {said[:20]} end before they begin", "number them in order")
            last = first
        self.to.verse((self.book, self.chapter, first), last)
        if title:  # `\d \v 1 A Psalm of David.` is no word of the verse that it stands in
            self._paragraph, self._around = "psalm", 0
            self.to.title()

    def paragraph(self, style: str) -> None:
        """One begins, and the one before ends."""
        self.leaves()
        if kind := kind_of(style):
            self._paragraph, self._around = kind, self.to.taken_out
            self.to.begin(kind)
        else:
            self.to.gap()

    def leaves(self) -> None:
        """A paragraph that is taken out ends here."""
        if self._paragraph:
            self._paragraph = ""
            while self.to.taken_out > self._around:
                self.to.end()
        self.to.gap()

    def word(self, lemma: str) -> None:
        """Characters with a Strong's number."""
        self.to.word(strongs(lemma))
