"""What is wrong in an application file is said with its line, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from rackhouse.app.rules import RULES
from rackhouse.app.score import parse
from rackhouse.kit.errors import FileError, Problem
from rackhouse.kit.yaml import RULES as YAML_RULES

SCENARIOS = yaml.safe_load(Path(__file__).with_name("errors.yaml").read_text())


def _said(text: str) -> tuple[Problem, ...]:
    with pytest.raises(FileError) as caught:
        parse(text, "shop/score.yaml")
    assert caught.value.where == "shop/score.yaml"
    return caught.value.problems


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"])
def test_problems(scenario: dict) -> None:
    found = _said(scenario["score"])
    assert [f"{p.line} {p.rule} {p.path}: {p.what}" for p in found] == scenario["problems"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"])
def test_each_problem_has_a_place_a_reason_and_a_fix(scenario: dict) -> None:
    lines = scenario["score"].count("\n") + 1
    for problem in _said(scenario["score"]):
        assert 1 <= problem.line <= lines
        assert problem.rule in {**RULES, **YAML_RULES}
        assert problem.fix
        assert "\n" not in problem.what + problem.fix


def test_ten_megabytes_are_refused_without_reading_them() -> None:
    assert [p.rule for p in _said("a: b\n" * 2_000_000)] == ["yaml-too-large"]


def test_a_yaml_bomb_is_refused() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert {p.rule for p in _said("\n".join(lines))} == {"yaml-anchor"}


def test_every_rule_is_shown_by_a_scenario() -> None:
    shown = {line.split()[1] for scenario in SCENARIOS for line in scenario["problems"]}
    source = Path(__file__).parents[3] / "src/rackhouse/app"
    code = "\n".join(f.read_text() for f in source.rglob("*.py") if f.name != "rules.py")
    said_here = {rule for rule in RULES if f'"{rule}"' in code}  # the rest: tests/unit/desired
    elsewhere = {"nothing-to-run", "unlocked", "service-circle", "service-port"}  # of several files
    assert said_here - shown == elsewhere
