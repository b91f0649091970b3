"""A verse as it is set, with what its edition says beside it: headings, notes, Strong's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from string import ascii_lowercase

from markupsafe import Markup

from rackhouse.services.scripture.api.pages.setting import words
from rackhouse.services.scripture.model.annotations import Beside, Heading, Note, Word
from rackhouse.services.scripture.model.canon.books import place_of
from rackhouse.services.scripture.model.translation import Translation, Verse

_REF = Markup(
    '<a class="note" id="to-{0}" href="#note-{0}" role="doc-noteref" aria-label="note {1}">{1}</a>'
)
_HEAD = Markup('<span class="head {0}">{1}</span>')
_WORD = Markup('<a class="word" href="/words/{0}" title="{1}">{2}</a>')


@dataclass(frozen=True, slots=True)
class Cell:
    """A verse in one translation. `heads` stand before it."""

    text: Markup
    heads: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """A footnote, at the foot of the page: `id` is that of its place."""

    id: str
    mark: str
    verse: int
    text: str


@dataclass(slots=True)
class Column:
    """A translation on a page, and the notes that it has there so far."""

    held: Translation
    notes: list[Noted] = field(default_factory=list)

    def cell(self, verse: Verse, *, studied: bool = False) -> Cell:
        """A verse; its words lead on where it is `studied`."""
        beside = self.held.margin.of(verse.id)
        if not beside:
            return Cell(words(verse.text))
        heads = tuple(it for it in beside.headings if it.at == 0)
        return Cell(Markup("").join(self._parts(verse, beside, studied)), heads)

    def _parts(self, verse: Verse, beside: Beside, studied: bool) -> Iterator[Markup]:
        marks: dict[int, list[Note | Heading]] = {}
        inside: list[Note | Heading] = [*beside.notes, *(it for it in beside.headings if it.at)]
        for each in inside:
            marks.setdefault(min(each.at, len(verse.text)), []).append(each)
        spans = {it.start: it for it in beside.words if it.strongs} if studied else {}
        ends = {each for it in spans.values() for each in (it.start, it.end)}
        cuts = sorted({0, len(verse.text), *marks, *ends})
        for at, end in pairwise([*cuts, len(verse.text)]):
            yield from (self._mark(verse.id, it) for it in marks.get(at, ()))
            if end > at:
                yield _word(words(verse.text[at:end]), _over(spans, at, end))

    def _mark(self, verse: int, mark: Note | Heading) -> Markup:
        if isinstance(mark, Heading):
            return _HEAD.format(mark.kind, mark.text)
        at = place_of(verse)[1]
        noted = Noted(
            id=f"{self.held.about.id}-{verse}-{len(self.notes)}",
            mark=_letters(len(self.notes)),
            verse=at,
            text=mark.text,
        )
        self.notes.append(noted)
        return _REF.format(noted.id, noted.mark)


def _over(spans: dict[int, Word], at: int, end: int) -> Word | None:
    """The word that has those characters."""
    return next((it for it in spans.values() if it.start <= at and end <= it.end), None)


def _word(text: Markup, word: Word | None) -> Markup:
    return _WORD.format(word.strongs[0], ", ".join(word.strongs), text) if word else text


def _letters(number: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    more, last = divmod(number, len(ascii_lowercase))
    return (_letters(more - 1) if more else "") + ascii_lowercase[last]
