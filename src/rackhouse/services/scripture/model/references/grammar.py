"""One item of a reference, from a token on: a place, or a range of two. What it reads is a few
tokens long whatever the text is, so that a reader who goes on behind it takes linear time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rackhouse.services.scripture.model.canon.books import Book
from rackhouse.services.scripture.model.problem import BadReference, Unreadable
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.references import words
from rackhouse.services.scripture.model.references.names import Named, further, named
from rackhouse.services.scripture.model.references.spot import Spot, checked, counted
from rackhouse.services.scripture.model.references.tokens import Kind, Token


@dataclass(frozen=True, slots=True)
class Item:
    """The verses of an item, the place at which the next one goes on, and the token after it."""

    verses: Range
    spot: Spot
    end: int


class Grammar:
    """Reads items of one text. `prose`: the text says other things too, so that a mark counts only
    where it touches what it belongs to.
    """

    def __init__(self, told: list[Token], *, prose: bool) -> None:
        self._told = told
        self._prose = prose

    def item(self, at: int, last: Spot | None = None, *, anew: bool = False) -> Item:
        """The item at `at`. `last` is where the one before it was, and `anew` that a semicolon is
        between: then a bare number is a chapter. BadReference where there is none.
        """
        begin = at
        spot, at = self.spot(at, last, anew=anew)
        if more := self._onwards(spot, at):
            return Item(more, spot, at + 1)
        alone = Item(Range(spot.first, spot.last), spot, at)
        after = self._through(at, spot)
        if not after:
            return alone
        try:
            return self._till(after, spot, begin)
        except BadReference:
            if self._prose and not self._told[at].glued:  # a dash of the sentence
                return alone
            raise

    def _till(self, at: int, spot: Spot, begin: int) -> Item:
        """The range from `spot` to what is at `at`."""
        till, end = self.spot(at, spot)
        if till.last < spot.first:
            fix, start = "write its beginning first", self._told[begin].start
            raise BadReference("the range ends before it begins", fix=fix, at=start)
        last = till.last
        if more := self._onwards(till, end):
            last, end = more.last, end + 1
        return Item(Range(spot.first, last), till, end)

    def spot(self, at: int, last: Spot | None, *, anew: bool = False) -> tuple[Spot, int]:
        """A place, and the token after it."""
        if name := self._named(at, further if last else named):
            return self._in_book(name)
        if last is None:
            raise Unreadable("this is no book", at=self._told[at].start)
        return self._going_on(at, last, anew=anew)

    def _in_book(self, name: Named) -> tuple[Spot, int]:
        at, book = name.end, name.book
        if self._is(at, ",") and self._told[at + 1].text in words.PLACES:
            at += 1
        if self._word(at, words.VERSE):
            if book.chapters > 1:
                raise self._bad(at, f"it says no chapter of {book.english}", "name the chapter too")
            return self._verse(at, Spot(book, 1))
        named_so, at = self._skip(at, words.CHAPTER)
        if self._told[at].kind is not Kind.NUMBER:
            if self._prose or named_so:
                raise self._bad(at, "no chapter follows the book", "write its number")
            return Spot(book), at
        spot, end = self._chapter(book, at, perhaps_verse=not named_so)
        if spot.verse or named_so or book.chapters > 1:
            return spot, end
        if spot.chapter == 1 and not self._goes_on(end):
            return spot, end  # `Jude 1` is all of it, as `Jude 1:1` is not
        return checked(Spot(book, 1, spot.chapter), self._told[at].start), end

    def _going_on(self, at: int, last: Spot, *, anew: bool) -> tuple[Spot, int]:
        """A place that names no book: in the same, and perhaps in the same chapter."""
        chapter = last.chapter or (1 if last.book.chapters == 1 else 0)
        if self._word(at, words.VERSE):
            if not chapter:
                raise self._bad(at, "it says no chapter", "name the chapter too")
            return self._verse(at, Spot(last.book, chapter))
        named_so, at = self._skip(at, words.CHAPTER)
        token = self._told[at]
        if token.kind is not Kind.NUMBER:
            raise Unreadable("no number follows", fix="write a chapter or a verse", at=token.start)
        if self._verse_follows(at + 1) or named_so:
            return self._chapter(last.book, at)
        alone = last.book.chapters == 1
        if alone or (last.verse and not anew):
            return self._number(at, Spot(last.book, chapter))
        return self._chapter(last.book, at)

    def _chapter(self, book: Book, at: int, *, perhaps_verse: bool = False) -> tuple[Spot, int]:
        """A chapter at `at`, and its verse where one follows. `perhaps_verse`: in a book of one
        chapter a number alone may be a verse, so it is not held to be a chapter that there is.
        """
        token = self._told[at]
        number = counted(token.number, token.start)
        verse = self._verse_follows(at + 1)
        if perhaps_verse and book.chapters == 1 and not verse:
            return Spot(book, number), at + 1
        spot = checked(Spot(book, number), token.start)
        return self._number(verse, spot) if verse else (spot, at + 1)

    def _verse_follows(self, at: int) -> int:
        """The token that is the number of a verse, after a chapter; 0 where none is."""
        mark = self._told[at]
        if mark.text in {":", "."} and (mark.glued or not self._prose):
            at += 1
            touches = self._told[at].glued or not self._prose or mark.text == ":"
            if not self._prose:
                _, at = self._skip(at, words.VERSE)
            return at if self._told[at].kind is Kind.NUMBER and touches else 0
        apart = mark.text in {",", "("} and self._told[at + 1].text in words.VERSE | words.FROM
        since, at = self._skip(at + apart, words.FROM)
        said, at = self._skip(at, words.VERSE)
        if self._told[at].kind is not Kind.NUMBER:
            return 0
        till = since and self._told[at + 1].text in words.THROUGH | words.TO
        return at if said or till else 0

    def _verse(self, at: int, chapter: Spot) -> tuple[Spot, int]:
        """A verse that is called so."""
        _, at = self._skip(at, words.VERSE)
        if self._told[at].kind is not Kind.NUMBER:
            raise self._bad(at, "no number follows", "write the number of the verse")
        return self._number(at, chapter)

    def _number(self, at: int, chapter: Spot) -> tuple[Spot, int]:
        """The number of a verse, and `a` or `b` for a half of it."""
        token = self._told[at]
        spot = Spot(chapter.book, chapter.chapter, counted(token.number, token.start))
        after = self._told[at + 1]
        half = after.glued and after.kind is Kind.WORD and after.text in words.HALVES
        return checked(spot, token.start), at + 1 + half

    def _onwards(self, spot: Spot, at: int) -> Range | None:
        """`f`: and the one after it; `ff`: and those after it, of its chapter or its book."""
        token = self._told[at]
        if token.kind is not Kind.WORD or not spot.chapter:
            return None
        if token.text == "s" and not token.glued:
            return None
        if spot.verse:
            most = spot.book.verses[spot.chapter - 1]
            last = Spot(spot.book, spot.chapter, min(spot.verse + 1, most)).last
            rest = spot.book.last(spot.chapter)
        else:
            last = spot.book.last(min(spot.chapter + 1, spot.book.chapters))
            rest = spot.book.last()
        if token.text in words.NEXT:
            return Range(spot.first, last)
        return Range(spot.first, rest) if token.text in words.ONWARDS else None

    def _through(self, at: int, spot: Spot) -> int:
        """The token after a dash or a word for one; 0 where there is none."""
        token = self._told[at]
        if token.text == "-" or (token.kind is Kind.WORD and token.text in words.THROUGH):
            return at + 1
        if token.kind is not Kind.WORD or token.text not in words.TO:
            return 0
        sure = spot.verse or not self._prose or not self._small(at + 2)
        return at + 1 if sure else 0

    def _small(self, at: int) -> bool:
        """Whether the sentence goes on there; past the end of the text it does not."""
        return at < len(self._told) and self._told[at].small

    def _goes_on(self, at: int) -> bool:
        """Whether the number before is one of several: those are verses."""
        token = self._told[at]
        several = token.text in {"-", ",", "&"} or token.text in words.AND | words.THROUGH
        if several or token.text in words.TO:
            return self._told[at + 1].kind is Kind.NUMBER and not (
                self._named(at + 1, further) or (self._prose and self._thousands(at + 2))
            )
        return token.kind is Kind.WORD and token.text in words.NEXT | words.ONWARDS

    def _skip(self, at: int, some: frozenset[str]) -> tuple[bool, int]:
        """Past a word of those, and the dot of an abbreviation."""
        if not self._word(at, some):
            return False, at
        dot = self._is(at + 1, ".") and self._told[at + 1].glued
        return True, at + 1 + dot

    def _thousands(self, at: int) -> bool:
        """Whether the number before has more digits there: `2,000 men`."""
        comma, more = self._told[at], self._told[min(at + 1, len(self._told) - 1)]
        return comma.text == "," and comma.glued and more.glued and len(more.text) > 2

    def _named(self, at: int, how: Callable[..., Named | None]) -> Named | None:
        return how(self._told, at, short=not self._prose)

    def _word(self, at: int, some: frozenset[str]) -> bool:
        return self._told[at].kind is Kind.WORD and self._told[at].text in some

    def _is(self, at: int, mark: str) -> bool:
        return self._told[at].text == mark

    def _bad(self, at: int, what: str, fix: str) -> BadReference:
        return BadReference(what, fix=fix, at=self._told[at].start)
