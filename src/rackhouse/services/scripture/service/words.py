"""A word of Hebrew or Greek: where it stands, and what it is rendered by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rackhouse.kit.web.problem import BadRequest, NotFound
from rackhouse.services.scripture.model.annotations import strong_named
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import Translation, Verse
from rackhouse.services.scripture.service.library import Library

MOST = 500  # verses of one answer
USUAL = 100


@dataclass(frozen=True, slots=True)
class Study:
    """`renderings` by how often; `verses` are those of this answer, each with its renderings there;
    `next` where there are more.
    """

    number: str
    translation: Translation
    count: int
    places: int
    renderings: tuple[tuple[str, int], ...]
    verses: tuple[tuple[Verse, tuple[str, ...]], ...]
    next: int | None


def studied(library: Library, said: str, names: str, *, limit: str = "", after: str = "") -> Study:
    """The first translation with Strong's numbers, where none is named. BadRequest, NotFound."""
    number = strong_named(said)
    if number is None:
        raise BadRequest(
            f"{said[:20]!r} is no Strong's number",
            fix="write H and a number for Hebrew, G for Greek: H430, G26",
            param="number",
        )
    translation = _with_words(library, names)
    found = translation.margin.strong(number)
    if not found:
        raise NotFound(
            f"{translation.about.name} has no word {number}",
            fix="Hebrew numbers end with H8674, Greek ones with G5624",
            param="number",
        )
    most, begins = counted(limit, "limit", USUAL, MOST), counted(after, "after", 0, 10**8)
    ids = sorted(id for id in found if id > begins)
    shown = ids[:most]
    verses = (next(translation.within(Range(id, id))) for id in shown)
    return Study(
        number=number,
        translation=translation,
        count=sum(map(len, found.values())),
        places=len(found),
        renderings=_renderings(found.values()),
        verses=tuple((verse, found[verse.id]) for verse in verses),
        next=shown[-1] if len(ids) > most else None,
    )


def _renderings(found: Iterable[tuple[str, ...]]) -> tuple[tuple[str, int], ...]:
    """As one where they differ in capitals alone, written as most often."""
    by: dict[str, Counter[str]] = {}
    for words in found:
        for each in words:
            by.setdefault(each.casefold(), Counter())[each] += 1
    told = [(counts.most_common(1)[0][0], counts.total()) for counts in by.values()]
    return tuple(sorted(told, key=lambda it: (-it[1], it[0])))


def _with_words(library: Library, names: str) -> Translation:
    some = library.chosen(names).translations if names else library.translations
    for each in some:
        if each.margin.has_words:
            return each
    raise NotFound(
        "none of these translations has Strong's numbers",
        fix="install a module of SWORD that has them, as the package sword-text-kjv of Debian",
        param="translation",
    )


def counted(said: str, name: str, usual: int, most: int) -> int:
    """A number that may be asked for; 0 where that is less than what is usual. BadRequest."""
    least = 1 if usual > 0 else 0
    if not said:
        return usual
    if said.isascii() and said.isdecimal() and len(said) < 10 and least <= int(said) <= most:
        return int(said)
    raise BadRequest(
        f"{name} is {said[:20]!r}", fix=f"say a number from {least} to {most}", param=name
    )
