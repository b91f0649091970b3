"""What a cleaned text has in quotation marks, or sets off as quoted."""

from __future__ import annotations

import re
from typing import NamedTuple

from rackhouse.services.study.model.guard.normalise import LINE

_OPENING = "\u201c\u201e\u00ab\u2039\u300c\u300e\u275d"
_CLOSING = "\u201d\u00bb\u203a\u300d\u300f\u275e"
_BOTH = '"\u201f'
_DOUBLE = re.compile(rf"[{_OPENING}{_CLOSING}{_BOTH}]|''")
_LINES = re.compile(rf"{LINE}[^\n]*(?:\n{LINE}[^\n]*)*")
_SINGLE_OPENS = re.compile(r"(?<![\w'])'(?=\n?[(\[\u2026.]{0,3}\w)")
_ANNOUNCED = re.compile(r"[,:]\s+$")
_SINGLE_CLOSES = re.compile(r"(?<=[\w.,;:!?])'(?!\w)")


class Quoted(NamedTuple):
    """From the mark that opens up to behind the one that closes; `first` to `last` is within.
    `open`: no mark closes it.
    """

    start: int
    end: int
    first: int
    last: int
    open: bool = False


def quoted(text: str, *, inside: bool = False) -> list[Quoted]:
    """All of it, in order, the outermost marks alone. `inside`: it begins within a quotation. One
    that nothing closes goes on to the end; before one that nothing opened, all is quoted.
    """
    found = _lines(text)
    for more in (_doubles(text, inside=inside), _singles(text)):
        found += [
            each
            for each in more
            if all(each.end <= it.start or it.end <= each.start for it in found)
        ]
    return sorted(found)


def _doubles(text: str, *, inside: bool) -> list[Quoted]:
    found: list[Quoted] = []
    begun: tuple[int, int] | None = (0, 0) if inside else None
    for mark in _DOUBLE.finditer(text):
        sign = mark[0]
        if begun is None and (sign in _CLOSING or _closes(text, mark)):
            since = found[-1].end if found else 0
            found.append(Quoted(since, mark.end(), since, mark.start()))
        elif begun is None:
            begun = mark.span()
        elif sign not in _OPENING:
            found.append(Quoted(begun[0], mark.end(), begun[1], mark.start()))
            begun = None
    if begun is not None:
        found.append(Quoted(begun[0], len(text), begun[1], len(text), open=True))
    return found


def _closes(text: str, mark: re.Match[str]) -> bool:
    """Whether a mark that may be either one closes: nothing is between it and the word before."""
    before, behind = text[: mark.start()][-1:], text[mark.end() :][:1]
    touches = bool(before.strip()) and not before.isdecimal() and before not in "([\u2014"
    return touches and not behind.isalnum()


def _lines(text: str) -> list[Quoted]:
    """Lines that are set off, those one behind the other as one."""
    found = (_LINES.finditer(text)) if LINE in text else ()
    return [Quoted(each.start(), each.end(), each.start() + 1, each.end()) for each in found]


def _singles(text: str) -> list[Quoted]:
    """`'like this'`; an apostrophe is none. The last mark that may close one does."""
    found: list[Quoted] = []
    opens = [mark.start() for mark in _SINGLE_OPENS.finditer(text)]
    closes = [mark.end() for mark in _SINGLE_CLOSES.finditer(text)]
    for at, start in enumerate(opens):
        before = opens[at + 1] if at + 1 < len(opens) else len(text) + 1
        ends = [end for end in closes if start < end <= before]
        if ends:
            found.append(Quoted(start, ends[-1], start + 1, ends[-1] - 1))
        elif at + 1 == len(opens) and _ANNOUNCED.search(text, max(start - 3, 0), start):
            found.append(Quoted(start, len(text), start + 1, len(text)))
    return found
