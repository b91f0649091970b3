"""The verses of a file, as they come: a reader says what stands in it, in the words of a Composer,
and where verses begin. A heading belongs to the words that follow it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from rackhouse.services.scripture.model.canon.numbering import Place
from rackhouse.services.scripture.model.composing import Composed, Composer, Line

_HEADINGS = frozenset({"psalm", "section", "speaker"})
_LONGEST = 100_000  # characters of a verse with its notes
_MOST_HEADINGS = 20  # one after the other, of which none has words
MOST_FAULTS = 50  # of a file that are said


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, in which line, and how to mend it."""

    line: int
    what: str
    fix: str


class Collector:
    """`put` takes a verse when it is whole: its place, the last verse that it holds, its words."""

    def __init__(self, put: Callable[[Place, int, Composed], None]) -> None:
        self._put = put
        self._to = Composer()
        self._place: tuple[Place, int] | None = None
        self._kinds: list[str] = []  # what is taken out now
        self._line: Line | None = None  # a heading as it grows
        self._pending: list[tuple[str, str]] = []
        self._length = 0
        self._titled = False
        self.line = 0  # where the reader is
        self.faults: list[Fault] = []

    @property
    def taken_out(self) -> int:
        """How many things are taken out now, one in the other."""
        return len(self._kinds)

    def fault(self, what: str, fix: str) -> None:
        """Remembered; the reader goes on."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(self.line, what, fix))

    def verse(self, place: Place, last: int) -> None:
        """It begins; the one before ends."""
        self.close()
        self._place = (place, last)

    def close(self) -> None:
        """The verse ends."""
        self._kinds.clear()
        self._line = None
        if self._place is not None:
            (composed,) = self._to.done()
            self._put(*self._place, _whole(composed) if self._titled else composed)
            self._length = 0
        self._place, self._titled = None, False

    def title(self) -> None:
        """What comes is the title of a psalm, and stands within its first verse; where no more of
        that verse comes, it is the verse.
        """
        if self._place is not None:
            self._flush()
            self._kinds.append("psalm")
            self._to.begin("psalm")
            self._titled = True

    def chapter(self) -> None:
        """A chapter begins: headings of the one before are nobody's."""
        self.close()
        self._length = 0
        self._pending.clear()

    def text(self, said: str) -> None:
        """As it stands there."""
        if self._line is not None:
            if len(self._kinds) == 1 and self._short(said):
                self._line.add(said)
        elif self._place is not None and self._short(said):
            if self._pending and not self._kinds and said.strip():
                self._flush()
            self._to.text(said)

    def _short(self, said: str) -> bool:
        """Whether it is not yet too long; once it is said that it is."""
        before = self._length
        self._length += len(said)
        if before <= _LONGEST < self._length:
            self.fault("is longer than any verse", "look at how its verses are marked")
        return self._length <= _LONGEST

    def word(self, numbers: tuple[str, ...]) -> None:
        """What comes renders those Strong's numbers."""
        if self._place is not None and not self._kinds:
            self._flush()
            self._to.word(numbers)

    def word_ends(self) -> None:
        """It does."""
        if not self._kinds:
            self._to.word_ends()

    def gap(self) -> None:
        """A line ends."""
        if self._line is not None:
            self._line.apart = True
        else:
            self._to.gap()

    def part(self) -> None:
        """In a file each verse says where it begins."""

    def begin(self, kind: str) -> None:
        """What comes is taken out, as a Composer has it."""
        self._kinds.append(kind)
        if len(self._kinds) == 1 and kind in _HEADINGS:
            self._line = Line()
        elif self._line is None and self._place is not None:
            self._to.begin(kind)

    def end(self) -> None:
        """Of what was begun last."""
        if not self._kinds:
            return
        kind = self._kinds.pop()
        if self._line is None:
            if self._place is not None:
                self._to.end()
        elif not self._kinds:
            self._pending = [*self._pending[-_MOST_HEADINGS:], (kind, str(self._line))]
            self._line = None
            self._to.gap()

    def _flush(self) -> None:
        for kind, said in self._pending:
            self._to.begin(kind)
            self._to.text(said)
            self._to.end()
        self._pending.clear()


def _whole(composed: Composed) -> Composed:
    """Where a title is all that there is of a verse, as in editions that count it as one."""
    beside = composed.beside
    titles = [each for each in beside.headings if each.kind == "psalm"]
    if composed.text or not titles:
        return composed
    rest = tuple(each for each in beside.headings if each.kind != "psalm")
    return Composed(" ".join(each.text for each in titles), replace(beside, headings=rest))
