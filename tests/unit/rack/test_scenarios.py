"""One file, one behaviour: a rack file, and the problems or the rack that come of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.kit.errors import FileError, Problem
from rackhouse.kit.yaml import RULES as YAML_RULES
from rackhouse.rack import load
from rackhouse.rack.migrate import RULES as VERSION_RULES
from rackhouse.rack.read import RULES as SHAPE_RULES
from rackhouse.rack.rules import RULES

FOLDER = Path(__file__).parents[2] / "scenarios" / "rack"
SCENARIOS = {
    file.stem: yaml.load(file.read_text(), yaml.CSafeLoader)
    for file in sorted(FOLDER.glob("*.yaml"))
}
REFUSED = {name: s for name, s in SCENARIOS.items() if "rack" not in s}
ACCEPTED = {name: s for name, s in SCENARIOS.items() if "rack" in s}


def _problems(scenario: dict[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(FileError) as caught:
        load(scenario["file"] * scenario.get("times", 1))
    return caught.value.problems


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_file_gets_these_problems_and_no_other(name: str) -> None:
    problems = _problems(REFUSED[name])
    if "rules" in REFUSED[name]:
        assert sorted({problem.rule for problem in problems}) == REFUSED[name]["rules"]
        return
    wanted = REFUSED[name]["problems"]
    assert [(p.line, p.rule) for p in problems] == [(w["line"], w["rule"]) for w in wanted]
    for problem, want in zip(problems, wanted, strict=True):
        assert problem.path == want.get("path", problem.path)
        assert want.get("says", "") in problem.what
        assert want.get("fix", "") in problem.fix


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_right_file_is_this_rack(name: str) -> None:
    rack = load(ACCEPTED[name]["file"])
    for path, want in ACCEPTED[name]["rack"].items():
        value: Any = rack
        for part in path.split("."):
            value = value[int(part)] if part.isdigit() else getattr(value, part)
        assert (list(value) if isinstance(value, tuple) else value) == want, path


@pytest.mark.parametrize("name", REFUSED)
def test_every_problem_says_what_where_and_how_to_mend_it(name: str) -> None:
    for problem in _problems(REFUSED[name]):
        assert problem.what
        assert problem.fix
        assert 0 <= problem.line <= len(REFUSED[name]["file"].splitlines())


def test_every_rule_has_a_scenario() -> None:
    known = {rule.name for rule in RULES} | {*YAML_RULES, *SHAPE_RULES, *VERSION_RULES}
    met = {w["rule"] for s in REFUSED.values() for w in s.get("problems", ())}
    assert known == met


def test_every_rule_says_why() -> None:
    assert not [rule.name for rule in RULES if len(rule.why) < 20]
