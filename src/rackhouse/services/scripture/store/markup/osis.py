"""What the elements of OSIS mean for a verse; also those of ThML that stand in old modules."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rackhouse.services.scripture.model.annotations import strongs
from rackhouse.services.scripture.model.composing import Composer
from rackhouse.services.scripture.store.markup.collecting import Collector

_LEFT = re.compile(r"\u00b6|\\\+?[a-z]+\d?(?:\*| |$)")  # `\\nd LORD`: a marker of USFM
_LINES = frozenset({"l", "lg", "lb", "p", "div", "list", "item", "br", "table", "row", "cell"})


class Elements:
    """Elements as they begin and end, said to a composer."""

    def __init__(self, to: Composer | Collector, *, words: bool = True) -> None:
        self._to = to
        self._words = words
        self._taken: list[str] = []  # elements that are taken out

    def begins(self, name: str, has: Mapping[str, str], empty: bool) -> None:
        """An element; `empty` where it ends at once."""
        if name == "w":
            if self._words and not empty:
                self._to.word(strongs(has.get("lemma", "")))
        elif name in _LINES:
            if has.get("subType") == "x-preverse" and "sID" in has:
                self._to.part()
            self._to.gap()
        elif not empty and (kind := self._kind(name, has)):
            self._taken.append(name)
            self._to.begin(kind)
        elif name == "q" and has.get("marker") and (empty or "sID" in has or "eID" in has):
            self._to.text(has["marker"])

    def ends(self, name: str) -> None:
        """It does."""
        if name == "w":
            self._to.word_ends()
        elif name in _LINES:
            self._to.gap()
        elif self._taken and self._taken[-1] == name:
            self._taken.pop()
            self._to.end()

    def text(self, said: str) -> None:
        """Without the sign of a paragraph, and what was left of a format before."""
        if "\u00b6" in said or "\\" in said:
            said = _LEFT.sub("", said)
        self._to.text(said)

    def finished(self) -> None:
        """What is open is closed: a verse's elements are its own."""
        self._taken.clear()

    def _kind(self, name: str, has: Mapping[str, str]) -> str:
        """What is taken out, and as what; "" for what stays."""
        if name == "note":
            return "cross" if has.get("type") == "crossReference" else "note"
        if name == "title":
            own = has.get("canonical") == "true" or has.get("type") == "psalm"
            return "psalm" if own else "section"
        if name == "speaker":
            return "speaker"
        inside = bool(self._taken) and self._taken[-1] == "note"
        # A note begins with the place that it is about: who shows it knows.
        annotates = name == "reference" and has.get("type") == "annotateRef"
        return "nothing" if (inside and annotates) or name == "figure" else ""
