"""Every rule that `desired` says has its reason on the page of rules, and a scenario."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rackhouse.app.rules import RULES

ROOT = Path(__file__).parents[3]
SAID = {
    rule
    for pattern in ("*.py", "models/*.py")
    for file in sorted((ROOT / "src/rackhouse/desired").glob(pattern))
    for rule in re.findall(
        r'^\s+(?:rule=)?"([a-z]+(?:-[a-z]+)+)",$', file.read_text(), re.MULTILINE
    )
}
SCENARIOS = "\n".join(
    file.read_text() for file in (ROOT / "tests/scenarios/desired").glob("*.yaml")
)


def test_rules_are_found() -> None:
    assert {"route-taken", "secret-missing", "part-off", "no-engine"} <= SAID


@pytest.mark.parametrize("rule", sorted(SAID))
def test_a_rule_has_its_reason_and_a_scenario(rule: str) -> None:
    assert len(RULES[rule]) > 20
    assert f"[{rule}]" in SCENARIOS
