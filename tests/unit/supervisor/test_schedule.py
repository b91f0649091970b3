"""Cron fields in a time zone, as instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.supervisor.schedule import Schedule

moments = st.floats(min_value=1.6e9, max_value=2.2e9, allow_nan=False)
zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe"]
)
hours = st.sampled_from(["*", "*/3", "0", "2", "2,14", "9-17", "23"])
minutes = st.sampled_from(["*", "*/15", "0", "30", "59", "0,1"])


def instants(schedule: Schedule, start: datetime, count: int) -> list[str]:
    moment, found = start.timestamp(), []
    for _ in range(count):
        moment = schedule.after(moment)
        found.append(datetime.fromtimestamp(moment, UTC).strftime("%d %H:%M"))
    return found


@settings(deadline=None)
@given(minutes, hours, zones, moments)
def test_an_instant_is_later_and_matches_its_fields(
    minute: str, hour: str, zone: str, moment: float
) -> None:
    schedule = Schedule(f"{minute} {hour} * * *", zone)
    instant = schedule.after(moment)
    assert moment < instant <= moment + timedelta(hours=50).total_seconds()
    assert instant % 60 == 0
    if zone == "UTC" and hour.isdigit():
        assert datetime.fromtimestamp(instant, UTC).hour == int(hour)


@settings(deadline=None)
@given(minutes, hours, zones, moments)
def test_no_instant_is_jumped_over(minute: str, hour: str, zone: str, moment: float) -> None:
    schedule = Schedule(f"{minute} {hour} * * *", zone)
    instant = schedule.after(moment)
    assert schedule.after((moment + instant) / 2) == instant
    assert schedule.after(instant) > instant


@settings(deadline=None)
@given(zones, st.integers(2021, 2035))
def test_a_daily_run_comes_once_a_day_the_whole_year(zone: str, year: int) -> None:
    schedule = Schedule("30 2 * * *", zone)
    moment = datetime(year, 3, 1, 12, tzinfo=ZoneInfo(zone)).timestamp()
    days = []
    for _ in range(60):
        moment = schedule.after(moment)
        days.append(datetime.fromtimestamp(moment, ZoneInfo(zone)).date())
    assert days == [days[0] + timedelta(days=n) for n in range(60)]


def test_the_night_of_summer_time_makes_up_for_the_hour_that_is_missing() -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert instants(Schedule("30 2 * * *", "Europe/Berlin"), start, 2) == ["29 01:00", "30 00:30"]


def test_in_the_night_of_winter_time_a_fixed_hour_comes_once_and_every_hour_twice() -> None:
    start = datetime(2026, 10, 24, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert instants(Schedule("30 2 * * *", "Europe/Berlin"), start, 2) == ["25 00:30", "26 01:30"]
    hourly = instants(Schedule("0 * * * *", "Europe/Berlin"), start, 5)
    assert hourly == ["24 22:00", "24 23:00", "25 00:00", "25 01:00", "25 02:00"]


@pytest.mark.parametrize(
    ("fields", "zone", "why"),
    [
        ("* * * *", "UTC", "does not have five fields"),
        ("* * * * * *", "UTC", "does not have five fields"),
        ("", "UTC", "does not have five fields"),
        ("61 * * * *", "UTC", "out of range"),
        ("0 0 30 2 *", "UTC", "never comes"),
        ("x * * * *", "UTC", "never comes"),
        ("0 0 * * *", "Mars/Olympus", "no time zone 'Mars/Olympus'"),
        ("0 0 * * *", "../etc/passwd", "no time zone"),
        ("0 0 * * *", "", "no time zone"),
    ],
)
def test_says_what_is_no_schedule(fields: str, zone: str, why: str) -> None:
    assert why in Schedule(fields, zone).check()


@pytest.mark.parametrize("fields", ["0 3 * * *", "*/5 * * * *", "0 0 29 2 *", "0 9 * * mon-fri"])
def test_accepts_what_is_one(fields: str) -> None:
    assert Schedule(fields, "Europe/Berlin").check() == ""
