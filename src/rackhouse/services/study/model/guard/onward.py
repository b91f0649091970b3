"""Whether a sentence goes on with the verse that the one before it gave, in other words than its
own: `... to enter into them. And he small.`
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from operator import eq

from rackhouse.services.study.model.guard.claims import Reading
from rackhouse.services.study.model.guard.index import Index
from rackhouse.services.study.model.guard.normalise import bare
from rackhouse.services.study.model.guard.verdict import Quote

_BEGUN = 2  # words that are the verse's next ones
_TAIL = 3  # words that a verse has left: one of them is enough where as many are said
_KNOWN = 8  # words by which the place of a quotation is found


def strays(index: Index, given: Quote, reading: Reading) -> bool:
    """Whether it begins with the words that come next there, and then has others than any text;
    a reference ends it.
    """
    said, begun = _said(index, reading), False
    for left in _left(index, given):
        most = min(len(left), len(said))
        same = next((at for at in range(most) if said[at] != left[at]), most)
        if same == most:
            return False
        begun = begun or same >= _BEGUN or _like_its_end(said, left)
    return begun


def _like_its_end(said: list[int], left: list[int]) -> bool:
    """`God small.` where `God forbid.` is left."""
    return len(said) == len(left) <= _TAIL and any(map(eq, said, left))


def further(index: Index, given: Quote, reading: Reading) -> Quote | None:
    """What is given with a sentence that has the words that come next, and no others."""
    said = _said(index, reading)
    if any(said == left[: len(said)] for left in _left(index, given)):
        return replace(given, text=f"{given.text} {reading.clean.text}")
    return None


def _said(index: Index, reading: Reading) -> list[int]:
    end = reading.mentions[0].start if reading.mentions else len(reading.clean.text)
    return [*index.numbers([word.text for word in reading.words if word.end <= end]).tolist()]


def _left(index: Index, given: Quote) -> Iterator[list[int]]:
    """The words that its last verse has behind it, in each translation that has it."""
    known = index.numbers(bare(given.text)).tolist()[-_KNOWN:]
    for held in () if given.whole else index.within(given.last, given.last):
        text = index.stream[held.start : held.end].tolist()
        own = known[-len(text) :]
        ends = [
            at + len(own)
            for at in range(len(text) - len(own) + 1)
            if text[at : at + len(own)] == own
        ]
        if len(ends) == 1:
            yield text[ends[0] :]
