"""What works say of verses, and under a heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.kit.web.problem import BadRequest, NotFound
from rackhouse.services.scripture.model.work import Entry, Place, Work
from rackhouse.services.scripture.service.library import Library, referred
from rackhouse.services.scripture.service.words import counted

MOST_ENTRIES = 20  # with their texts: the longest has 150,000 characters
MOST_PLACES = 1_000
USUAL_PLACES = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """Entries with their texts, or places alone where nothing was asked for. `next` where there
    are more.
    """

    work: Work
    entries: tuple[Entry, ...] = ()
    places: tuple[Place, ...] = ()
    next: int | None = None


def work_named(library: Library, id: str) -> Work:
    """One by its id. NotFound."""
    for each in library.works:
        if each.about.id == id:
            return each
    there = ", ".join(each.about.id for each in library.works)
    fix = f"ask for one of: {there}" if there else "install a commentary or lexicon of SWORD"
    raise NotFound(
        f"there is no work {id[:40]!r}",
        fix=f"{fix}{library.soon}",
        param="work",
    )


def shown(
    work: Work, *, reference: str = "", key: str = "", limit: str = "", after: str = ""
) -> Shown:
    """What it says of a reference or under a heading; its headings where neither is asked.
    BadRequest, BadReference, NotFound.
    """
    if reference and key:
        raise BadRequest(
            "both ref and key are asked for", fix="ask for one of them at a time", param="key"
        )
    begins = counted(after, "after", -1, 10**8)
    if not (reference or key):
        most = counted(limit, "limit", USUAL_PLACES, MOST_PLACES)
        some: Sequence[Place] = work.places[begins + 1 :]
        return Shown(work, places=tuple(some[:most]), next=_next(some, most))
    most = counted(limit, "limit", MOST_ENTRIES, MOST_ENTRIES)
    found = list(work.on(referred(reference)) if reference else work.under(key))
    if key and not found:
        raise NotFound(
            f"{work.about.name} has nothing under {key[:40]!r}",
            fix=f"GET /v1/works/{work.about.id}/entries lists its headings",
            param="key",
        )
    some = [each for each in found if each.at > begins]
    entries = tuple(work.entry(each.at) for each in some[:most])
    return Shown(work, entries=entries, next=_next(some, most))


def defined(library: Library, number: str) -> tuple[Work, Entry] | None:
    """A Strong's number in the first lexicon that has it."""
    for work in library.works:
        if work.kind == "lexicon":
            for place in work.under(number):
                return work, work.entry(place.at)
    return None


def _next(some: Sequence[Place], most: int) -> int | None:
    return some[most - 1].at if len(some) > most else None
