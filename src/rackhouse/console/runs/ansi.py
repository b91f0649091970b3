"""What programs say, with the colours that they said it in, as markup. Pure.

Eight colours and bold; other escapes (cursors, titles, links) are left out, and no other control
character comes through. Each line begins plain. Where a line was written over, its end is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from rackhouse.console.code.words import code_line

_ESCAPE = re.compile(
    "\x1b\\[(?P<colour>[0-9;:]*)m"
    "|\x1b\\[[0-?]*[ -/]*[@-~]"
    "|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?"
    "|\x1b[ -/]*[0-~]"
)
_EXTENDED = {"38", "48"}  # a palette's number or red, green and blue follow
_PALETTE = "5"
_BASIC = 16  # colours of a palette that have names


def plain(text: str) -> str:
    """The text without its colours."""
    return code_line(_ESCAPE.sub("", _last(text)))


def painted(text: str) -> Markup:
    """The text as HTML: classes `a0` to `a7` for colours, `ab` for bold."""
    text = _last(text)
    if "\x1b" not in text:
        return escape(code_line(text))
    pieces = (_span(words, classes) for words, classes in _pieces(text) if words)
    return Markup().join(pieces)


def _last(text: str) -> str:
    return text.rstrip("\r").rpartition("\r")[2]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What is said between escapes, and in which classes."""
    at, colour, bold = 0, "", ""
    for found in _ESCAPE.finditer(text):
        yield text[at : found.start()], f"{colour} {bold}".strip()
        at = found.end()
        if found["colour"] is not None:
            colour, bold = _after(found["colour"], colour, bold)
    yield text[at:], f"{colour} {bold}".strip()


def _after(codes: str, colour: str, bold: str) -> tuple[str, str]:
    words = iter(codes.replace(":", ";").split(";"))
    for word in words:
        if word in _EXTENDED:
            named = _named(words)
            colour = named if word == "38" else colour
        elif word in {"", "0"}:
            colour, bold = "", ""
        elif word in {"1", "22"}:
            bold = "ab" if word == "1" else ""
        elif word == "39":
            colour = ""
        elif re.fullmatch("[39][0-7]", word):
            colour = f"a{word[1]}"
    return colour, bold


def _named(words: Iterator[str]) -> str:
    """The class of a palette's colour where it is one of the first; "" for all others."""
    if next(words, "") != _PALETTE:
        for _ in range(3):
            next(words, "")
        return ""
    number = next(words, "")
    known = number.isascii() and number.isdecimal() and len(number) <= len(str(_BASIC))
    return f"a{int(number) % 8}" if known and int(number) < _BASIC else ""


def _span(words: str, classes: str) -> Markup:
    shown = code_line(words)
    return Markup('<span class="%s">%s</span>') % (classes, shown) if classes else escape(shown)
