"""USX: what USFM says, as XML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from rackhouse.services.scripture.store.markup import xml
from rackhouse.services.scripture.store.markup.collecting import Collector
from rackhouse.services.scripture.store.markup.markers import NOTES, Marked, kind_of


def read(file: IO[bytes], to: Collector) -> None:
    """A file, said to the collector."""
    xml.read(file, to, _Usx(to))


class _Usx:
    def __init__(self, to: Collector) -> None:
        self._to = to
        self._marked = Marked(to)
        self._open: list[str] = []  # how each element that is open is ended

    def begins(self, name: str, has: Mapping[str, str]) -> None:
        """An element."""
        style = has.get("style", "")
        if name in {"book", "chapter", "verse"}:
            self._open.append(self._counts(name, has))
        elif name in {"para", "row", "table"}:
            self._marked.paragraph(style)
            self._open.append("paragraph")
        elif name == "note":
            self._to.begin(NOTES.get(style, "note"))
            self._open.append("taken")
        elif name == "char" and style == "w":
            self._marked.word(has.get("strong", ""))
            self._open.append("word")
        elif name in {"figure", "sidebar"} or (name == "char" and kind_of(style)):
            self._to.begin("nothing")
            self._open.append("taken")
        else:
            if name in {"cell", "optbreak"}:
                self._to.gap()
            self._open.append("")

    def _counts(self, name: str, has: Mapping[str, str]) -> str:
        """Where a book, a chapter or a verse begins, or a verse ends."""
        if name == "book":
            self._marked.begins(has.get("code", ""))
            self._to.begin("nothing")
            return "taken"
        if name == "chapter" and "number" in has:
            self._marked.counts(has["number"])
        elif name == "verse" and "number" in has:
            self._marked.verse(has["number"])
        elif name == "verse" and "eid" in has:
            self._to.close()
        return ""

    def ends(self, name: str) -> None:
        """It does."""
        del name  # expat has seen to it
        how = self._open.pop()
        if how == "taken":
            self._to.end()
        elif how == "paragraph":
            self._marked.leaves()
        elif how == "word":
            self._to.word_ends()

    def text(self, said: str) -> None:
        """Between elements."""
        self._to.text(said)
