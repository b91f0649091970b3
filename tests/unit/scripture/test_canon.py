"""The canon's numbers, and the order of its verses."""

from __future__ import annotations

from rackhouse.services.scripture.model.canon.books import BOOKS, book_of, next_of, place_of
from rackhouse.services.scripture.model.reference import Range


def test_there_are_as_many_as_everybody_counts() -> None:
    assert len(BOOKS) == 66
    assert sum(book.chapters for book in BOOKS) == 1_189
    assert sum(sum(book.verses) for book in BOOKS) == 31_102
    assert [book.chapters for book in BOOKS if book.code in {"PSA", "OBA", "JUD"}] == [150, 1, 1]
    assert (BOOKS[0].code, BOOKS[42].english, BOOKS[65].spanish) == ("GEN", "John", "Apocalipsis")


def test_a_range_counts_and_walks_over_chapters_and_books() -> None:
    everything = Range(BOOKS[0].first(), BOOKS[65].last())
    verses = list(everything.verses())
    assert len(verses) == len(everything) == 31_102
    assert verses == sorted(set(verses))
    over = Range(1_050_026, 2_001_002)
    assert list(over.verses()) == [1_050_026, 2_001_001, 2_001_002]
    assert len(over) == 3


def test_a_number_tells_its_place() -> None:
    assert (book_of(43_003_016).english, place_of(43_003_016)) == ("John", (3, 16))
    assert next_of(43_003_036) == 43_004_001
    assert next_of(66_022_021) == 0
