"""Why it is not answered, in words that a person can check."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.services.study.model import bearings, slots
from rackhouse.services.study.model.bearings import Kind, Nearest
from rackhouse.services.study.model.evidence import Evidence
from rackhouse.services.study.model.sureness import untold

_SAME = 0.8  # cosine of what says the same in other words
_NEARER = 0.45  # cosine of what is of one subject

_OF = {
    Kind.WORLD: "the world of today",
    Kind.FAITH: "another tradition",
    Kind.UNTOLD: "which is not told",
}


def taken(near: Nearest) -> tuple[str, ...]:
    """Where a saying or legend is from, when that is what was asked: people take it for scripture,
    and a verse beside it may be what they meant.
    """
    found = bearings.best(near, bearings.TAKEN_FOR)
    if found is None or found.cosine < _SAME:
        return ()
    if found.bearing.kind is Kind.UNTOLD:
        return (f"Scripture does not tell “{found.bearing.text}”.",)
    return (f"“{found.bearing.text}” is not scripture: {found.bearing.source}.",)


def reasons(question: str, evidence: Evidence, near: Nearest) -> tuple[str, ...]:
    """All that can be said, or that nothing was near enough."""
    return tuple(_reasons(question, evidence, near)) or (
        "No passage that was found is near enough to what is asked.",
    )


def _reasons(question: str, evidence: Evidence, near: Nearest) -> Iterator[str]:
    asked = slots.asked(question)
    if asked and untold(question, evidence):
        yield f"No passage that was found tells the {asked.slot} that is asked for."
    told = bearings.best(near, bearings.TOLD)
    other = bearings.best(near, (*bearings.ELSEWHERE, *bearings.TAKEN_FOR))
    if other and other.cosine >= _NEARER and (told is None or other.cosine > told.cosine):
        of = other.bearing.source or _OF[other.bearing.kind]
        if other.cosine < _SAME or other.bearing.kind not in bearings.TAKEN_FOR:
            yield f"It is nearer to “{other.bearing.text}” ({of}) than to what scripture speaks of."
