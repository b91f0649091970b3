"""HTML as the text that a reader sees, with its headings. Scripts, styles and what is hidden in
templates is no text.

A browser's own parser (nh3) makes it well-formed first: Python's alone takes the square of the time
for hostile pages, and fails on some.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

import nh3

from rackhouse.services.retrieval.model.chunking.blocks import Block, Blocks

_DROPPED: Final = {"script", "style", "template", "noscript", "title", "svg", "iframe", "object"}
_TITLES: Final = {f"h{level}": level for level in range(1, 7)}
_BLOCKS: Final = {
    *("p", "div", "pre", "blockquote", "ul", "ol", "dl", "table", "section", "article", "header"),
    *("footer", "main", "aside", "nav", "hr", "figure", "figcaption", "td", "th", "address"),
}
_BREAKS: Final = {"br", "tr", "li", "dd", "dt"}  # a line, and no new paragraph


class _Reader(HTMLParser):
    """Puts words together; `blocks` are told as they end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.size = 0
        self.blocks: list[Block] = []
        self._words: list[str] = []  # of the block that is open
        self._level = 0
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """A block ends where another begins."""
        if tag in _TITLES:
            self.end()
            self._level = _TITLES[tag]
        elif tag in _BREAKS:
            self._words.append("\n")
        elif tag in {"td", "th"}:
            self._words.append(" ")
        elif tag in _BLOCKS:
            self.end()
            self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """Or where it ends itself."""
        if tag in _TITLES or (tag in _BLOCKS and tag not in {"td", "th"}):
            self.end()
            self._pre -= tag == "pre"

    def handle_data(self, data: str) -> None:
        """Words, with their white space as it is shown."""
        if self._pre:
            self._words.append(data)
        elif data.isspace():
            self._words.append(" ")
        else:
            left = " " if data[0].isspace() else ""
            right = " " if data[-1].isspace() else ""
            self._words.append(left + " ".join(data.split()) + right)

    def end(self) -> None:
        """The block that is open, if it has words."""
        raw = "".join(self._words)
        lines = raw.split("\n")
        said = "\n".join(x for each in lines if (x := each.rstrip() if self._pre else _one(each)))
        said = said.strip()
        self._words.clear()
        level, self._level = self._level, 0
        if not said:
            return
        start = self.size
        self.parts += [said, "\n\n"]
        self.size += len(said) + 2
        title = " ".join(said.split()) if level else ""
        self.blocks.append(Block(start, start + len(said), level, title))


def _one(line: str) -> str:
    return " ".join(line.split())


def of_html(source: str) -> Blocks:
    """Its text and its blocks."""
    reader = _Reader()
    tags = _BLOCKS | _BREAKS | set(_TITLES)
    reader.feed(nh3.clean(source, tags=tags, clean_content_tags=_DROPPED, attributes={}))
    reader.close()
    reader.end()
    return Blocks("".join(reader.parts), tuple(reader.blocks))
