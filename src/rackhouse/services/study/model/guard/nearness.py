"""How near words are to a verse: too near to be chance, or a telling in other words."""

from __future__ import annotations

from rackhouse.services.study.model.guard.search import Stretch

LEAST = 5  # words that are the text's own
WORD = 2  # words of one change
OWN = 0.6  # of the words of a stretch
FEW, _SHARE = 3, 0.25  # words of a verse, or so many of its words: fewer may be others or none
LIKELY = 50.0  # bits: of one that a few words stand beside
SELDOM = 56.0  # bits: more is no chance, whatever stands around it
_AROUND = (
    0.12  # of a sentence's words, and one at least: what a verse may have beside it and be one
)
_PHRASE = 22.0  # bits: less is a phrase even where the sentence has nothing else
_CHANCE = 2  # words at an end of a stretch behind a change
_AMONG = 12  # words of a stretch that has such an end
_PLENTY = 10  # words of a stretch among prose that is not exact
_BESIDES = 9  # words of one that a few words stand beside
_BESIDE = 4  # words around a stretch that is long beside them


def slight(stretch: Stretch, others: list[Stretch]) -> bool:
    """Whether one of those that are as near differs by a word alone."""
    near = [it.aligned for it in others if it.aligned.score >= stretch.aligned.score]
    return min(it.widest for it in (stretch.aligned, *near)) < 2


def held(stretch: Stretch) -> set[int]:
    """The places of the words that it has as the text has them, two in a row or more."""
    return {it.start + n for it in stretch.aligned.runs if it.size > 1 for n in range(it.size)}


def slightly(stretch: Stretch) -> bool:
    """Whether a word or two are others, or of many words some: more is a telling in other words."""
    told, length = stretch.aligned, stretch.end - stretch.start
    whole = max(length, told.last - told.first)
    moved = whole - told.matched + stretch.renewed
    if told.matched >= _AMONG and min(told.runs[0].size, told.runs[-1].size) <= _CHANCE:
        moved -= told.widest  # own words beside a verse, that are like its next ones by chance
    # Whoever tells it in other words has words of his own.
    leaves_out = told.matched == length and not stretch.renewed
    return moved < max(FEW, _SHARE * (whole if leaves_out else length))


def meant(stretch: Stretch, size: int, *, mixed: bool = False) -> bool:
    """Whether that is a verse that somebody means, in a sentence of so many words."""
    told, length = stretch.aligned, stretch.end - stretch.start
    if told.matched < LEAST or stretch.bits < _PHRASE:
        return False
    # Prose that speaks of two parts of a verse has wide changes too.
    wide = told.widest > WORD + (told.changes == 1)
    around = size - length
    own = told.matched >= OWN * length and not wide
    if own and around <= max(1, _AROUND * size):
        return True
    some = told.matched > (LEAST if mixed else _BESIDES) and stretch.bits >= LIKELY
    if own and some and around <= _BESIDE and told.matched >= OWN * size:
        return True
    seldom = told.matched > LEAST and stretch.bits >= SELDOM
    return seldom and (told.exact or told.matched >= _PLENTY)


def cross(stretch: Stretch, kept: list[Stretch]) -> bool:
    """Whether it has words that one of these has."""
    return any(stretch.start < it.end and it.start < stretch.end for it in kept)
