"""Every scenario: a rack file and application files, and what they come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.desired.scenario import check

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios" / "desired").glob("*.yaml"))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario(file: Path) -> None:
    check(file)


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 25
