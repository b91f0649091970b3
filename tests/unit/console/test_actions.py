"""What the console has done runs elsewhere: its answer comes back, and so does its error."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.console.actions import Actions
from rackhouse.kit.errors import Missing, StepFailed, UsageError


@pytest.fixture
def actions(tmp_path: Path) -> Actions:
    return Actions(tmp_path / "state", None)


async def test_a_plan_comes_back_whole(actions: Actions) -> None:
    plan = await actions.plan()
    assert plan.complete
    assert {step.verb for step in plan.steps} == {"create"}
    assert "machine/process/console" in {step.id for step in plan.steps}


async def test_an_error_comes_back_as_what_it_is(actions: Actions) -> None:
    with pytest.raises(Missing, match="nothing"):
        await actions.rollback("nothing", 3)


async def test_a_rack_file_that_is_wrong_is_told_with_its_problems(tmp_path: Path) -> None:
    file = tmp_path / "rack.yaml"
    file.write_text("domian: home.arpa\n")
    with pytest.raises(UsageError, match="domain"):
        await Actions(tmp_path / "state", file).plan()


async def test_what_ends_without_an_answer_failed(actions: Actions) -> None:
    with pytest.raises(StepFailed, match="dance ended with 1: ValueError: dance is no action"):
        await actions._act("dance")


def test_a_unit_that_is_not_there_cannot_be_tried(actions: Actions) -> None:
    with pytest.raises(Missing):
        actions.retry("nothing")
