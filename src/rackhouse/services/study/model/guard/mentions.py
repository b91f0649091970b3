"""Where a sentence names verses: those that there are, and those that there are not.

The seam `References` is any reader of references, which may know more ways to write one. What is
read here besides is what only looks like one: `John 3:99`, `Psalm 151`, `Hezekiah 4:2`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rackhouse.services.study.model.guard import numerals
from rackhouse.services.study.model.guard.books import NAMES, ORDINALS, OTHERS, WHOLE
from rackhouse.services.study.model.guard.index import Texts

Span = tuple[int, int]
References = Callable[[str], Sequence[tuple[int, int, Sequence[Span]]]]

_N = numerals.PATTERN
_HEAD = re.compile(
    r"(?<![\w@#$])"
    r"(?:(?P<ordinal>[1-4](?:st|nd|rd|th)?(?=[. ]{0,2})|(?:i{1,3}|iv|first|second|third|fourth)"
    r"(?=[. ]))[. ]{0,2})?"
    r"(?:(?:book|letter|epistle|gospel)[ ](?:of|to|according[ ]to)[ ](?:the[ ]|st\.?[ ])?)?"
    r"(?P<name>song[ ]of[ ](?:songs|solomon)|[^\W\d_]{2,20})\.?,?[ \n]{0,2}"
    rf"(?:(?P<said>chapters?|chap\.?|chs?\.?)[ ]?)?(?P<chapter>\d{{1,3}}|(?<=[ ]){_N})(?![\d%°])"
    rf"(?:(?P<mark>[ ]?[:][ ]?|\.|,?[ ]?(?:and[ ])?(?:verses?|vv?\.?|vss?\.?)[ ]?)"
    rf"(?P<verse>\d{{1,3}}|(?<=[ ]){_N})(?!\d))?",
    re.IGNORECASE,
)
_THROUGH = re.compile(r"[ ]?(?:-|\u2014|to|through)[ ]?(?:(\d{1,3})[:.])?(\d{1,3})(?![\d:]*\w)")
_AND = re.compile(
    r"[ ]?(?:[,;&]|,?[ ]and)[ ]?"
    r"(?:(\d{1,3})[:.](\d{1,3})|(\d{1,3})(?![\d:]|[ ]?(?!and\b|to\b|through\b)[^\W\d_]))"
)
_TURNED = re.compile(
    rf"(?:verses?|v\.?)[ ](?P<verse>\d{{1,3}}|{_N})[ ]of[ ]"
    rf"(?:chapter[ ](?P<chapter>\d{{1,3}}|{_N})[ ]of[ ])?"
    r"(?P<name>[^\W\d_]{3,20})(?:[ ](?P<other>\d{1,3}))?"
    r"|(?:the[ ])(?P<nth>\d{1,3})(?:st|nd|rd|th)[ ](?P<psalm>psalm)",
    re.IGNORECASE,
)
_HOUR = re.compile(r"[ ]?(?:[ap]\.?m\b|o'clock|hours?\b|odds?\b|ratio\b|percent)", re.IGNORECASE)
# Words with a great letter that may stand before a time or a ratio.
_NO_BOOKS_WORDS = """
    at by from until till to since around about before after between on and or the is was were with
    near ratio scale score version python ubuntu table figure page step part section chapter verse
    mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday in of
    verses chapters see cf compare also read then now today tomorrow bus train flight psalter
    """
_NO_BOOKS = frozenset(_NO_BOOKS_WORDS.split())


@dataclass(frozen=True, slots=True)
class Mention:
    """Verses that the text names from `start` up to `end`; no `ranges` where there are none."""

    start: int
    end: int
    ranges: tuple[Span, ...]

    def holds(self, first: int, last: int) -> bool:
        """Whether these verses, of one range, are among them."""
        return any(one <= first and last <= other for one, other in self.ranges)

    def touches(self, first: int, last: int) -> bool:
        """Whether one of these verses is."""
        return any(one <= last and first <= other for one, other in self.ranges)

    @property
    def size(self) -> int:
        """How many verses, roughly; a chapter counts as many."""
        return sum(last - first + 1 for first, last in self.ranges)


class Mentions:
    """Reads them out of a text, by the seam and by itself."""

    def __init__(self, texts: Texts, references: References | None = None) -> None:
        self._chapters: dict[int, int] = {}  # book * 1000 + chapter -> its last verse
        for said in texts.values():
            for verse in said:
                chapter = verse // 1_000
                self._chapters[chapter] = max(self._chapters.get(chapter, 0), verse % 1_000)
        self._references = references

    def __call__(self, text: str) -> list[Mention]:
        """All of them in order. What one reader and the other saw counts once, the longer one."""
        own = [*self._own(text)]
        if self._references is not None:
            own += [Mention(a, b, tuple(ranges)) for a, b, ranges in self._references(text)]
        return sorted(_longest(own), key=lambda it: it.start)

    def _own(self, text: str) -> Iterator[Mention]:
        if not any(letter.isdecimal() for letter in text) and not numerals.meant(text):
            return
        for turned in _TURNED.finditer(text):
            if mention := self._turned(turned):
                yield mention
        at = 0
        while head := _HEAD.search(text, at):
            mention = self._read(text, head)
            if mention is None:
                # The next word may be the name: `See John 3:16`, `1 men 2 Kings 3:4`.
                at = head.end("ordinal") if head["ordinal"] else head.end("name")
                at = max(at, head.start() + 1)
            else:
                yield mention
                at = mention.end

    def _turned(self, found: re.Match[str]) -> Mention | None:
        if found["psalm"]:
            return Mention(found.start(), found.end(), self._range(19, int(found["nth"]), 0))
        book = NAMES.get((0, found["name"].lower()))
        chapter = numerals.read(found["chapter"] or found["other"] or "")
        if book is None or not chapter:
            return None
        ranges = self._range(book, chapter, numerals.read(found["verse"]))
        return Mention(found.start(), found.end(), ranges)

    def _read(self, text: str, head: re.Match[str]) -> Mention | None:
        name = head["name"].lower()
        ordinal = ORDINALS.get((head["ordinal"] or "").lower(), 0)
        chapter, verse = numerals.read(head["chapter"]), numerals.read(head["verse"] or "")
        if not chapter or _HOUR.match(text, head.end()):
            return None
        book = NAMES.get((ordinal, name))
        start = head.start()
        if book is None and ordinal and (0, name) in NAMES and head["ordinal"].isalpha():
            book, start = NAMES[0, name], head.start("name")  # `First John the Baptist`, `I Psalm`
        if not _meant(head, (ordinal, name), book):
            return None
        if book is None:
            return Mention(start, head.end(), ())
        return self._listed(text, head, start, self._range(book, chapter, verse), book)

    def _listed(
        self, text: str, head: re.Match[str], start: int, first: tuple[Span, ...], book: int
    ) -> Mention:
        """With the ranges and lists that go on behind it. One that there is not spoils them all."""
        ranges, end, there = [*first], head.end(), bool(first)
        chapter, verse = numerals.read(head["chapter"]), numerals.read(head["verse"] or "")
        while there:
            if more := _THROUGH.match(text, end):
                upto = int(more[1]) if more[1] else (chapter if verse else int(more[2]))
                till = int(more[2]) if more[1] or verse else 0
                last = self._range(book, upto, till)
                there = bool(last) and ranges[-1][0] <= last[0][1]
                if there:
                    ranges[-1] = (ranges[-1][0], last[0][1])
                    chapter = upto
            elif more := _AND.match(text, end):
                if more[1]:
                    chapter, verse = int(more[1]), int(more[2])
                else:
                    anew = not verse or ";" in more[0]
                    chapter, verse = (int(more[3]), 0) if anew else (chapter, int(more[3]))
                also = self._range(book, chapter, verse)
                there = bool(also)
                ranges += also
            else:
                break
            end = more.end()
        return Mention(start, end, tuple(ranges) if there else ())

    def _range(self, book: int, chapter: int, verse: int) -> tuple[Span, ...]:
        """That verse, or the chapter for 0; () where there is none."""
        last = self._chapters.get(book * 1_000 + chapter, 0)
        base = book * 1_000_000 + chapter * 1_000
        if not verse and last:
            return ((base + 1, base + last),)
        if 0 < verse <= last:
            return ((base + verse, base + verse),)
        if chapter and not verse and (book * 1_000 + 2) not in self._chapters:
            return self._range(book, 1, chapter)  # Jude 5
        return ()


def _meant(head: re.Match[str], key: tuple[int, str], book: int | None) -> bool:
    """Whether that is a book, and not `at 3:16`, `mark 3 boxes`."""
    great = head["name"][0].isupper()
    sure = bool(head["verse"]) or bool(head["said"])
    if book is not None:
        colon = bool(head["verse"]) and head["chapter"].isdecimal()
        if head["mark"] == "." and key not in WHOLE:
            return great and bool(head["verse"]) and key[1] != "is"
        return (sure and (colon or great)) or (great and key in WHOLE)
    if key[1] in OTHERS:
        return great
    if (0, key[1]) in NAMES or (1, key[1]) in NAMES:
        return sure and great and bool(key[0])
    colon = (head["mark"] or "").strip() == ":"
    return great and colon and key[1] not in _NO_BOOKS and len(key[1]) > 2


def _longest(found: Iterable[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for each in sorted(found, key=lambda it: (it.start - it.end, bool(it.ranges))):
        if all(each.end <= it.start or it.end <= each.start for it in kept):
            kept.append(each)
    return kept
