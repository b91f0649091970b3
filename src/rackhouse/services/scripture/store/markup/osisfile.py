"""OSIS as a file: verses are elements, or stand between two milestones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO

from rackhouse.services.scripture.model.canon.numbering import Place
from rackhouse.services.scripture.store.markup import xml
from rackhouse.services.scripture.store.markup.collecting import Collector
from rackhouse.services.scripture.store.markup.osis import Elements
from rackhouse.services.scripture.store.sword.canon import OSIS

_COUNT = re.compile(r"[0-9]{1,3}")


def read(file: IO[bytes], to: Collector) -> None:
    """A file, said to the collector."""
    xml.read(file, to, _Osis(to))


class _Osis:
    def __init__(self, to: Collector) -> None:
        self._to = to
        self._elements = Elements(to)
        self._opened: list[bool] = []  # verses that are elements, one in the other

    def begins(self, name: str, has: Mapping[str, str]) -> None:
        """An element."""
        if name == "verse":
            self._verse(has)
        elif name == "header":
            self._to.begin("nothing")
        elif name == "chapter" and "eID" not in has:
            self._to.chapter()
        else:
            self._elements.begins(name, has, "sID" in has or "eID" in has)

    def ends(self, name: str) -> None:
        """It does."""
        if name == "verse":
            if self._opened.pop():
                self._to.close()
        elif name == "header":
            self._to.end()
        elif name != "chapter":
            self._elements.ends(name)

    def text(self, said: str) -> None:
        """Between elements."""
        self._elements.text(said)

    def _verse(self, has: Mapping[str, str]) -> None:
        self._opened.append("sID" not in has and "eID" not in has)
        if "eID" in has:
            self._elements.finished()
            self._to.close()
            return
        said = (has.get("osisID") or has.get("sID") or "").split()
        places = [place for each in said if (place := _place(each))]
        if not places:
            self._to.close()
            self._to.fault(f"{' '.join(said)[:40]!r} is no verse", "name it in osisID, as Gen.1.1")
            return
        book, chapter, first = places[0]
        same = [verse for its, at, verse in places if (its, at) == (book, chapter)]
        self._to.verse((book, chapter, first), max(same))


def _place(said: str) -> Place | None:
    parts = said.rpartition(":")[2].partition("!")[0].split(".")
    if len(parts) != 3 or not all(_COUNT.fullmatch(it) for it in parts[1:]):
        return None
    # A book that is none of the 66 keeps its name, and has no place.
    return OSIS.get(parts[0], parts[0][:20]), int(parts[1]), int(parts[2])
