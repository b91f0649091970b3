"""A verse's piece of XML as SWORD keeps it: what it opens may be closed in another verse, so it is
read tag by tag and need not be well formed. Nothing in it can be expanded.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from rackhouse.services.scripture.model.composing import Composed, Composer
from rackhouse.services.scripture.store.markup.gbf import Gbf
from rackhouse.services.scripture.store.markup.osis import Elements

# No `<` within a tag, so that hostile text takes time in proportion to its length.
TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)([^<>\"']*(?:\"[^\"<]*\"[^<>\"']*|'[^'<]*'[^<>\"']*)*)>")
_NONE: dict[str, str] = {}
_HAS = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class Fragments:
    """Reads one verse after the other; without `words`, no Strong's numbers. `kind` is GBF for
    modules that are older than XML.
    """

    def __init__(self, *, words: bool = True, kind: str = "") -> None:
        self._to = Composer()
        self._elements: Elements | Gbf = (
            Gbf(self._to) if kind == "GBF" else Elements(self._to, words=words)
        )

    def read(self, said: str) -> tuple[Composed, ...]:
        """A verse, and others that stand in its place."""
        at = 0
        elements = self._elements
        for tag in TAG.finditer(said):
            begins, at_end = tag.span()
            if begins > at:
                elements.text(plain(said[at:begins]))
            at = at_end
            if tag[1]:
                elements.ends(tag[2])
            else:
                has = tag[3]
                elements.begins(tag[2], attributes(has) if has else _NONE, has.endswith("/"))
        if at < len(said):
            elements.text(plain(said[at:]))
        elements.finished()
        return self._to.done()


@lru_cache(maxsize=4096)
def attributes(said: str) -> dict[str, str]:
    """Of a tag, by name."""
    return {name: html.unescape(one or other) for name, one, other in _HAS.findall(said)}


def plain(said: str) -> str:
    """Text without entities."""
    return html.unescape(said) if "&" in said else said
