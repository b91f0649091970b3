"""A restore believes its own checksums alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.backup.bundle import About
from rackhouse.operations.backup.restore import Restored, differences

SOON, PAST = round(time.time() * 1000) + 86_400_000, round(time.time() * 1000) - 1


@pytest.mark.parametrize(
    ("then", "now", "names"),
    [
        ({"a": "1"}, {"a": "1"}, []),
        ({"a": "1"}, {"a": "2"}, ["a"]),
        ({"a": "1"}, {}, ["a"]),
        ({}, {"a": "1"}, ["a"]),
        ({"a": "string 0 until 1"}, {}, []),
        ({"a": f"string 0 until {PAST}"}, {}, []),
        ({"a": f"string 0 until {SOON}"}, {}, ["a"]),
        ({"a": f"string 0 until {PAST}"}, {"a": f"string 1 until {PAST}"}, ["a"]),
    ],
)
def test_each_that_is_not_the_same_is_named(
    then: dict[str, str], now: dict[str, str], names: list[str]
) -> None:
    assert [name for name, _, _ in differences(then, now)] == names


def test_what_differs_is_a_failure_that_names_it() -> None:
    restored = Restored(
        about=About(rack="home", made="", rackhouse="0"),
        root=Path("x"),
        rack_file=None,
        agree=2,
        differ=(("postgres/a/public.t", "1 2", "1 3"),),
        started=None,
    )
    assert str(restored) == "2 checksums agree, 1 differ"
    with pytest.raises(RackhouseError, match=r"postgres/a/public\.t"):
        restored.raise_for_failure()
