"""Whole sentences out of a stream of chunks. What comes out, put together, is what went in, and
where it is cut does not depend on the chunks.

A sentence ends behind `.`, `!` or `?` and the marks that close, when the next thing that is seen
says that a new one begins. It goes on within quotation marks, behind an abbreviation, before a
bracket or a dash (which may sign it), and over a line break, but before an item of a list. An empty
line ends it, unless a colon stands before it.
"""

from __future__ import annotations

import re

LONGEST = 600  # characters without an end: then it is cut behind a comma, or between words
LONGEST_QUOTED = 4_000  # the same within quotation marks
_SHORTENED_WORDS = """
    mr mrs ms dr st rev prof sr jr vs v vv ch chap cf cp eg ie e.g i.e etc no vol ed eds op al ca c
    fig p pp approx gen ge ex exod lev num deut dt josh judg sam kgs chr chron neh esth ps pss prov
    eccl isa jer lam ezek dan hos ob mic nah hab zeph hag zech mal matt mt mk lk jn rom cor gal eph
    phil col thess tim tit phlm heb jas pet rev lit heb gk lat bc ad viz ff f n
    """
_SHORTENED = frozenset(_SHORTENED_WORDS.split())
_END = ".!?\u2026\u3002\uff01\uff1f"
_CLOSERS = "\"'\u201d\u2019\u00bb\u203a)]*_~`\u300d\u300f"
_DIGITS = "0123456789"
_ITEMS = "-+#|\u2022"
_GOES_ON = "([\u2014\u2013\u2015"
_OPENING, _CLOSING, _EITHER = (
    "\u201c\u201e\u00ab\u300c\u300e",
    "\u201d\u00bb\u300d\u300f",
    '"\uff02',
)
_SINGLE = "'\u2018\u2019"
_UNFINISHED = ":,;\u2014\u2013-("
_LAST_WORD = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.$")
_SAFE = re.compile(r"(?s:.*)[,;:]\s")
_RUN = re.compile(r"(?<=[A-Za-z])[A-Za-z]{1,99}")  # within a word nothing ends
_SPACE = re.compile(r"(?s:.*)\s")


class Holder:
    """Holds back what is no whole sentence yet."""

    def __init__(self) -> None:
        self._held = ""
        self._at = 0  # up to where it has been looked at
        self._quoted = self._single = False
        self._end = 0  # behind a sentence that ended, unless what comes next goes on with it; or 0
        self._lines = 0  # line breaks since

    def feed(self, chunk: str) -> list[str]:
        """The sentences that are whole with it."""
        self._held += chunk
        found = []
        while (end := self._whole()) is not None:
            found.append(self._held[:end])
            self._held = self._held[end:]
            self._at, self._end, self._lines = 0, 0, 0
        return found

    def end(self) -> list[str]:
        """What is left when the stream has ended."""
        rest, self._held = self._held, ""
        self._at, self._end, self._lines = 0, 0, 0
        self._quoted = self._single = False
        return [rest] if rest else []

    def _whole(self) -> int | None:
        """Where the first sentence ends, the spaces behind it being its own; None: not yet."""
        while self._at < len(self._held):
            at, letter = self._at, self._held[self._at]
            if at and at < LONGEST and (run := _RUN.match(self._held, at)):
                self._at, self._end, self._lines = run.end(), 0, 0
                continue
            self._apostrophe(at, letter)
            if letter.isspace():
                self._lines += letter == "\n"
                if not self._end and self._ends(at):
                    self._end = at
            elif at and self._held[at - 1].isspace():
                if self._numbers(at):
                    return None  # what follows the number says whether an item begins
                if self._begins(at):
                    return self._cut(at)
                self._end, self._lines = 0, 0
            else:
                self._end, self._lines = 0, 0
            if end := self._over(at):
                return end
            self._mark(letter)
            self._at += 1
        return None

    def _over(self, at: int) -> int:
        """Where it is cut because it is too long; 0: it is not."""
        limit = LONGEST_QUOTED if self._quoted or self._held[0] == ">" else LONGEST
        if at >= limit and self._held[at].isspace():
            return self._shortened(at + 1)
        return self._shortened(at) if at >= 2 * limit else 0  # one word without an end

    def _numbers(self, at: int) -> bool:
        """Whether a line begins with a number that is not yet whole."""
        new = self._lines and self._held[at].isdecimal()
        return bool(new) and not self._held[at:].strip(_DIGITS)

    def _mark(self, letter: str) -> None:
        if letter in _EITHER:
            self._quoted = not self._quoted
        elif letter in _OPENING or letter in _CLOSING:
            self._quoted = letter in _OPENING

    def _apostrophe(self, at: int, letter: str) -> None:
        """Single marks: one opens before a word, one closes behind one. `'tis` opens one too, and
        then what follows is held longer than it needs to be.
        """
        before = self._held[at - 1] if at else " "
        if letter in _SINGLE and (before.isspace() or before in "([\u2014"):
            self._single = True
        elif before in _SINGLE and self._single and at > 1 and not letter.isalnum():
            self._single = self._held[at - 2].isspace()

    def _cut(self, at: int) -> int:
        if self._lines > 1:
            self._quoted = self._single = False  # no quotation goes over an empty line
        return at

    def _shortened(self, upto: int) -> int:
        """Behind a comma where there is one; never within quotation marks that have just begun."""
        self._single = False
        if self._quoted:
            return upto
        part = self._held[:upto]
        cut = max(part.rfind(mark) for mark in '"\u201c\u201d\u00ab\u00bb')
        safe = _SAFE.match(part) or _SPACE.match(part)
        end = safe.end() if safe else upto
        return end if end > max(cut, LONGEST // 2) else upto

    def _ends(self, at: int) -> bool:
        """Whether a sentence may have ended before the space there."""
        if self._quoted or self._single or self._held[0] == ">":
            return False
        before = at
        while before and self._held[before - 1] in _CLOSERS:
            before -= 1
        if not before or self._held[before - 1] not in _END:
            return False
        if self._held[before - 1] != ".":
            return True
        last = _LAST_WORD.search(self._held, max(before - 30, 0), before)
        word = last[1] if last else ""
        return not (word.lower() in _SHORTENED or (len(word) == 1 and word != "I"))

    def _begins(self, at: int) -> bool:
        """Whether a new one begins with what is seen there."""
        letter = self._held[at]
        before = self._held[:at].rstrip()[-1:]
        if self._lines > 1 and before and before != ":":
            return True
        if (
            self._quoted
            or self._single
            or letter in _GOES_ON
            or (letter == "-" and not self._lines)
        ):
            return False
        if self._lines and before not in _UNFINISHED and self._new_line(at):
            return True
        return bool(self._end) and not (letter.islower() or letter.isdecimal())

    def _new_line(self, at: int) -> bool:
        """Whether the line is one of its own, and no broken one: of a list, behind a heading."""
        letter = self._held[at]
        if letter == ">":
            return not self._held.startswith(">")  # lines that are set off are one quotation
        if letter.isdecimal():
            return self._held[at:].lstrip(_DIGITS)[0] in ".)"
        return letter in _ITEMS or self._held[0] in "#>"
