"""How editions count: each of their verses is one of ours, and each of ours one of theirs."""

from __future__ import annotations

import pytest

from rackhouse.services.scripture.model.canon.books import BOOKS, BY_CODE, CHAPTER, place_of
from rackhouse.services.scripture.model.canon.numbering import NAMES, Place, numbering
from rackhouse.services.scripture.model.references.parse import parse

OURS = {
    (book.code, chapter, verse)
    for book in BOOKS
    for chapter, last in enumerate(book.verses, 1)
    for verse in range(1, last + 1)
}


@pytest.mark.parametrize(
    ("name", "place", "ours"),
    [
        ("english", ("ROM", 14, 24), "Rom 16:25"),
        ("english", ("3JN", 1, 15), "3 Jn 1:14"),
        ("english", ("ACT", 8, 37), "Act 8:37"),
        ("original", ("GEN", 32, 1), "Gen 31:55"),
        ("original", ("JOL", 3, 1), "Joel 2:28"),
        ("original", ("JOL", 4, 1), "Joel 3:1"),
        ("original", ("MAL", 3, 19), "Mal 4:1"),
        ("original", ("PSA", 51, 3), "Ps 51:1"),
        ("original", ("PSA", 23, 1), "Ps 23:1"),
        ("original", ("PSA", 13, 6), "Ps 13:5-6"),
        ("original", ("2CO", 13, 13), "2 Cor 13:14"),
        ("septuagint", ("PSA", 22, 1), "Ps 23:1"),
        ("septuagint", ("PSA", 9, 22), "Ps 10:1"),
        ("septuagint", ("JER", 38, 31), "Jer 31:31"),
        ("vulgate", ("PSA", 50, 3), "Ps 51:1"),
        ("vulgate", ("PSA", 113, 9), "Ps 115:1"),
        ("septuagint", ("PSA", 147, 1), "Ps 147:12"),
        ("synodal", ("PSA", 118, 1), "Ps 119:1"),
        ("synodal", ("ROM", 14, 24), "Rom 16:25"),
        ("reina-valera", ("JOB", 39, 38), "Job 40:5"),
        ("reina-valera", ("JOB", 40, 1), "Job 40:6"),
    ],
)
def test_places_that_are_known(name: str, place: Place, ours: str) -> None:
    (verses,) = parse(ours).ranges
    assert numbering(name).ours(place) == tuple(verses.verses())


@pytest.mark.parametrize("name", NAMES)
def test_every_target_is_a_verse_of_ours_or_a_title(name: str) -> None:
    held = numbering(name)
    for place in held.moved:
        ours = held.ours(place)
        assert ours
        for id in ours:
            assert id % CHAPTER or place[0] == "PSA"


@pytest.mark.parametrize("name", ["english", "original", "vulgate", "synodal", "reina-valera"])
def test_where_it_is_one_to_one_it_goes_back(name: str) -> None:
    """Two of their verses are one of ours only where they stand side by side, or one is a title."""
    held = numbering(name)
    back: dict[int, list[Place]] = {}
    for place in {*held.moved, *OURS}:
        for id in held.ours(place):
            back.setdefault(id, []).append(place)
    reached = {id for id in back if id % CHAPTER}
    all_ours = {BY_CODE[code].first(chapter, verse) for code, chapter, verse in OURS}
    # A verse that nothing is moved to is one that the edition leaves out.
    assert len(all_ours - reached) <= (0 if name == "english" else 12)
    for id, places in back.items():
        assert len(places) <= 3, (id, places)
        assert all(held.ours(place) for place in places)


def test_a_place_that_is_nowhere_has_no_verse_of_ours() -> None:
    held = numbering("english")
    for place in (("TOB", 1, 1), ("GEN", 0, 1), ("GEN", 51, 1), ("GEN", 1, 32), ("GEN", 1, 0)):
        assert held.ours(place) == ()
    (id,) = held.ours(("PSA", 3, 0))
    assert place_of(id) == (3, 0)
