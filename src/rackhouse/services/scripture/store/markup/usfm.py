r"""USFM: text with markers, `\v 16 For God \add so\add* loved`. One pass, token by token."""

from __future__ import annotations

import re
from bisect import bisect

from rackhouse.services.scripture.store.markup.collecting import Collector
from rackhouse.services.scripture.store.markup.markers import NOTES, Marked, kind_of

_TOKEN = re.compile(r"\\(\+?)([a-z]+\d*(?:-(?:[se]|\d+))?)(\*?)(?: |(?=[\\\r\n\t])|$|)|\\\*|~|//")
_PARAGRAPH = re.compile(
    r"(id|ide|h\d?|toc\d|toca\d|mte?\d?|rem|sts|usfm|c|cl|cp|cd|p|m|po|pr|pm|pmo|pmc|pmr|pi\d?|mi|cls"
    r"|nb|pc|ph\d?|b|q\d?|qr|qc|qa|qm\d?|qd|lh|li\d?|lf|lim\d?|s\d?|ms\d?|mr|sr|r|d|sp|sd\d?|tr|iex|ip"
    r"|i[sompqlbre]\w*\d?|imt\d?|io\d?|ili\d?|lit|periph|restore|pb)"
)
_CELL = re.compile(r"t[hc][rc]?\d+(?:-\d+)?")
_WORD = re.compile(r"[ \t\u00a0]*([^\s\\]*)[ \t\r\n]*")
_WORD_ENDS = re.compile(r"\\\+?w\*")
_HAS = re.compile(r'([\w-]+)\s*=\s*"([^"]*)"')
_CALLER = re.compile(r"\s*\S\s")
_SIDEBAR_ENDS = "\\esbe"
_LONGEST_RUN = 2_000  # characters of a word with its attributes


def read(text: str, to: Collector) -> None:
    """A file, said to the collector, with what is wrong in it."""
    _Reader(text, to).read()


class _Reader:
    def __init__(self, text: str, to: Collector) -> None:
        self._text, self._to = text, to
        self._marked = Marked(to)
        self._lines = [found.start() for found in re.finditer("\n", text)]
        self._note = ""  # the note that is open
        self._inner = False  # and something in it that is taken out
        self._runs: list[str] = []  # characters that are taken out
        self._attributes = False  # of what is closed next: an address in them may have any mark

    def read(self) -> None:
        at = 0
        while found := _TOKEN.search(self._text, at):
            self._says(at, found.start())
            self._to.line = 1 + bisect(self._lines, found.start())
            at = self._token(found)
        self._says(at, len(self._text))
        self._ends_note()
        self._marked.leaves()
        self._to.close()
        if not self._marked.book:
            self._to.line = 1
            self._to.fault("is of no book", "begin the file with \\id and the book's code")

    def _says(self, begins: int, ends: int) -> None:
        if ends > begins and not self._attributes:
            said = self._text[begins:ends]
            if "|" in said and (self._runs or self._note):
                said = said.partition("|")[0]
                self._attributes = True
            self._to.text(said)

    def _token(self, found: re.Match[str]) -> int:
        """Where to read on."""
        _, marker, closes = found.groups()
        end = found.end()
        if marker is None and found[0] != "\\*":
            if self._attributes:
                return end
            if found[0] == "~":
                self._to.text("\u00a0")
            else:
                self._to.gap()
            return end
        self._attributes = False
        if marker is None:  # the end of a milestone whose beginning is none that is known
            return end
        if marker == "esb":  # a sidebar: an article that stands within the text, and is none of it
            return self._sidebar(end)
        if marker.endswith(("-s", "-e")):  # a milestone, up to `\*`
            there = self._text.find("\\*", end, end + _LONGEST_RUN)
            end = there + 2 if there >= 0 else end
        elif closes:
            self._closes(marker)
            end -= self._text[end - 1 : end] == " "
        elif self._text.startswith("\\*", end):  # one without attributes
            end += 2
        else:
            end = self._opens(marker, end)
        return end

    def _sidebar(self, begins: int) -> int:
        self._ends_note()
        self._marked.leaves()
        ends = self._text.find(_SIDEBAR_ENDS, begins)
        if ends < 0:
            self._to.fault("\\esb is not closed", "write \\esbe where the sidebar ends")
            return len(self._text)
        return ends + len(_SIDEBAR_ENDS)

    def _opens(self, marker: str, end: int) -> int:
        if marker == "v":
            self._ends_note()
            number = _WORD.match(self._text, end)
            assert number
            self._marked.verse(number[1])
            return number.end()
        if marker in NOTES:
            self._begins_note(marker)
            caller = _CALLER.match(self._text, end)
            return caller.end() if caller else end
        if _PARAGRAPH.fullmatch(marker):
            return self._paragraph(marker, end)
        return self._characters(marker, end)

    def _paragraph(self, marker: str, end: int) -> int:
        self._ends_note()
        self._runs.clear()
        if marker in {"id", "c"}:
            said = _WORD.match(self._text, end)
            assert said
            if marker == "c":
                self._marked.counts(said[1])
                return said.end()
            self._marked.begins(said[1])
        self._marked.paragraph(marker)
        return end

    def _characters(self, marker: str, end: int) -> int:
        if self._note:  # its parts end where the next begins
            if self._inner:
                self._to.end()
            self._inner = marker in {"fr", "xo", "xop", "fig"}
            if self._inner:
                self._to.begin("nothing")
        elif marker == "w":
            closes = _WORD_ENDS.search(self._text, end, end + _LONGEST_RUN)
            run = self._text[end : closes.start()] if closes else ""
            self._marked.word(dict(_HAS.findall(run)).get("strong", ""))
            self._runs.append(marker)
        elif _CELL.fullmatch(marker) or marker == "qs":
            self._to.gap()
        else:
            self._runs.append(marker)
            if kind_of(marker):
                self._to.begin("nothing")
        return end

    def _closes(self, marker: str) -> None:
        if marker in NOTES:
            if self._note:
                self._note_closes()
            else:
                self._to.fault(
                    f"\\{marker}* closes a note that was not begun", f"write \\{marker} +"
                )
        elif self._note:
            if self._inner:
                self._to.end()
                self._inner = False
        elif marker in self._runs:
            self._runs.remove(marker)
            if marker == "w":
                self._to.word_ends()
            elif kind_of(marker):
                self._to.end()

    def _begins_note(self, marker: str) -> None:
        self._ends_note()
        self._note = marker
        self._to.begin(NOTES[marker])

    def _note_closes(self) -> None:
        if self._inner:
            self._to.end()
        self._to.end()
        self._note, self._inner = "", False

    def _ends_note(self) -> None:
        """Nothing but its own marker should."""
        if self._note:
            self._to.fault(f"\\{self._note} is not closed before here", f"write \\{self._note}*")
            self._note_closes()
