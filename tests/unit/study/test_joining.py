"""Verses grow together to passages, and passages end where sentences end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.study.model.evidence import How, Why
from rackhouse.services.study.model.joining import WIDEST, Hit, Run, around, joined, settled
from unit.study.held import CANON, texts

WHY = Why(how=How.SEARCHED)


def hits(*verses: int) -> list[Hit]:
    return [Hit(verse=each, why=WHY) for each in verses]


def spans(runs: list[Run]) -> list[tuple[int, int]]:
    return [(each.first, each.last) for each in runs]


def test_neighbours_are_one_passage_and_the_best_comes_first() -> None:
    made = joined(hits(43003016, 1001001, 43003018, 43003017, 1001009))
    assert spans(made) == [(43003016, 43003018), (1001001, 1001001), (1001009, 1001009)]
    assert made[0].hits == (43003016, 43003017, 43003018)


def test_chapters_stay_apart() -> None:
    assert len(joined(hits(43003036, 43004001))) == 2


def test_what_a_later_verse_bridges_is_one() -> None:
    assert spans(joined(hits(1001001, 1001005, 1001003))) == [(1001001, 1001005)]


@given(st.lists(st.integers(45008001, 45008039), max_size=30))
def test_every_verse_is_in_one_passage_of_a_bounded_length(verses: list[int]) -> None:
    made = joined(hits(*verses))
    assert sorted(it for each in made for it in each.hits) == sorted(set(verses))
    assert all(each.last - each.first < WIDEST for each in made)
    assert all(each.first == min(each.hits) and each.last == max(each.hits) for each in made)


def test_a_verse_in_the_middle_of_a_sentence_gets_the_whole_of_it() -> None:
    kjv = texts()["kjv"]
    for verse, wide in [(45008038, (45008038, 45008039)), (43003016, (43003016, 43003016))]:
        run = joined(hits(verse))[0]
        start, end = around(run, CANON.last(verse))
        made = settled(run, {it: kjv[it] for it in CANON.verses(start, end)})
        assert (made.first, made.last) == wide


@given(st.sampled_from(list(CANON.verses(45001001, 45016027))))
def test_context_is_within_the_chapter_and_short(verse: int) -> None:
    kjv = texts()["kjv"]
    run = joined(hits(verse))[0]
    start, end = around(run, CANON.last(verse))
    made = settled(run, {it: kjv[it] for it in CANON.verses(start, end)})
    assert start <= made.first <= verse <= made.last <= end
