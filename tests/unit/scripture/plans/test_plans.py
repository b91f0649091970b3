"""Plans: every verse once, in order, and about as many each day, whenever one begins."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.web.problem import BadRequest, NotFound
from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.plans import verses
from rackhouse.services.scripture.model.plans.calendar import calendar
from rackhouse.services.scripture.model.plans.dividing import Track, divided
from rackhouse.services.scripture.model.plans.plans import PLANS, Plan, Round, day_of, days_from
from rackhouse.services.scripture.model.reference import Range, written
from rackhouse.services.scripture.model.references.parse import parse

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def whole(track: Track) -> list[int]:
    return [id for each in track.books for id in Range(each.first(), each.last()).verses()]


@pytest.mark.parametrize("plan", PLANS, ids=lambda it: it.id)
def test_every_verse_has_its_day_and_no_day_too_many(plan: Plan) -> None:
    of = day_of(plan, date(2026, 1, 1)).of
    for track in plan.tracks:
        days = divided(track, of)
        assert [id for day in days for each in day for id in each.verses()] == whole(track)
        sizes = [sum(map(len, day)) for day in days]
        mean = sum(sizes) / of
        assert min(sizes) >= 1
        assert max(sizes) <= 2 * mean
        if mean > 80:  # then a chapter is cut only where it is longer than a day
            assert sum(each.first % 1_000 != 1 for day in days for each in day) <= 1


@given(
    st.lists(st.sampled_from(BOOKS), min_size=1, max_size=4, unique=True),
    st.integers(min_value=1, max_value=400),
)
def test_any_books_over_any_days(books: list[object], days: int) -> None:
    track = Track(tuple(books))  # type: ignore[arg-type]
    every = whole(track)
    if days <= len(every):
        told = divided(track, days)
        assert [id for day in told for each in day for id in each.verses()] == every
        assert all(told)


@given(st.sampled_from(PLANS), DAYS, st.integers(min_value=0, max_value=3_000))
def test_a_plan_goes_on_from_its_start(plan: Plan, start: date, after: int) -> None:
    on = start + timedelta(days=after)
    day = day_of(plan, on, start)
    assert 1 <= day.number <= day.of
    following = day_of(plan, on + timedelta(days=1), start)
    assert following.number == (1 if day.number == day.of else day.number + 1)
    if plan.round is not Round.MONTH:
        assert day_of(plan, start, start).number == 1


def test_years_have_their_own_length() -> None:
    year, days = PLANS[0], PLANS[2]
    assert (day_of(year, date(2028, 12, 31)).number, day_of(year, date(2028, 3, 1)).of) == (
        366,
        366,
    )
    assert day_of(year, date(2026, 12, 31)).number == 365
    leap = date(2028, 2, 29)
    assert day_of(year, date(2029, 2, 28), leap).number == 1
    assert day_of(year, date(2029, 2, 27), leap).number == 365
    assert day_of(days, date(2026, 4, 1)).number == 1
    assert str(day_of(year, date(2026, 1, 1)).readings[0]) == "Genesis 1-3"
    with pytest.raises(BadRequest, match="before the plan begins"):
        day_of(year, date(2026, 1, 1), date(2026, 1, 2))


def test_months_are_read_by_the_day() -> None:
    month = PLANS[-1]
    assert day_of(month, date(2026, 2, 28)).readings[-1] == parse("Pr 31").ranges[0]
    assert [str(each) for each in day_of(month, date(2026, 1, 3)).readings][-1] == "Proverbs 3"


def test_a_calendar_has_each_day_in_short_lines() -> None:
    plan, start = PLANS[1], date(2026, 3, 1)
    told = calendar(plan, start, days_from(plan, start, 40))
    lines = told.split("\r\n")
    assert told.count("BEGIN:VEVENT") == told.count("END:VEVENT") == 40
    assert max(len(line.encode()) for line in lines) <= 75
    assert "\n" not in told.replace("\r\n", "")
    assert len({line for line in lines if line.startswith("UID:")}) == 40
    whole = told.replace("\r\n ", "")
    first = "\\; ".join(map(written, day_of(plan, start, start).readings))
    assert f"SUMMARY:{first}\r\nDESCRIPTION:Three places a day\\, in a year\\, day 1 of" in whole


@given(DAYS)
def test_every_verse_of_a_day_has_its_turn(day: date) -> None:
    every = sum(map(len, verses.by_topic().values()))
    turns = [verses.of_day(day + timedelta(days=by)) for by in range(every)]
    assert len(set(turns)) >= every - 2  # one may be of two topics
    assert turns[0] == verses.of_day(day)


@given(st.text(max_size=20), st.sampled_from(["Ps 23", "Gen 1-3; Jn 3:16", "Jude", "Gen - Rev"]))
def test_chance_is_the_same_for_a_seed_and_within_what_was_asked(seed: str, said: str) -> None:
    some = parse(said).ranges
    id = verses.one_of(some, seed)
    assert id == verses.one_of(some, seed)
    assert any(it.first <= id <= it.last for it in some)
    assert len(Range(id, id)) == 1


def test_chance_reaches_all_and_topics_are_known() -> None:
    some = parse("Ps 117").ranges
    assert {verses.one_of(some, str(at)) for at in range(40)} == {19_117_001, 19_117_002}
    assert verses.of_topic(" Hope ") == verses.by_topic()["hope"]
    with pytest.raises(NotFound) as caught:
        verses.of_topic("grumbling")
    assert "hope" in caught.value.fix
