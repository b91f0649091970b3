"""What stands beside verses: the passages that belong to them, and subjects that name them."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.services.scripture.api.pages.desk import Desk
from rackhouse.services.scripture.model.links import Link
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import Licence, Translation

_LINKS, _TOPICS = 16, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """`links` with how the passage begins. `terms`: whose all this is."""

    links: list[tuple[Link, str]]
    topics: list[tuple[str, str]]
    terms: list[Licence]


def aside(desk: Desk, verses: Range, held: Translation) -> Aside | None:
    """Of some verses; None where no source says anything of them."""
    links, topics = desk.companions.links, desk.companions.topics
    told = links.of((verses,), _LINKS) if links else []
    named = topics.of(verses, _TOPICS) if topics else []
    if not (told or named):
        return None
    terms = [it.licence for it, some in ((links, told), (topics, named)) if it and some]
    return Aside(links=[(it, _begin(it.to, held)) for it in told], topics=named, terms=terms)


def _begin(verses: Range, held: Translation) -> str:
    """The first verse of it, in the words of the page."""
    return next((it.text for it in held.within(Range(verses.first, verses.first))), "")
