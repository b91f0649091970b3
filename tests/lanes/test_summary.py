"""The line that says which lanes ran: a skipped one is said to be skipped, a failed one to fail."""

from __future__ import annotations

from typing import Literal

import pytest

from lanes.summary import Heard, heard, line


def test_what_ran_and_what_did_not() -> None:
    found = [
        Heard("1", "passed"),
        Heard("2", "passed", "v1.34.1"),
        Heard("2", "skipped", "v1.34.1", "no CRDs"),
        Heard("3", "skipped", "", "no kubelet"),
    ]
    said = "Kubernetes: lane 1 ran; lane 2 ran against v1.34.1; lane 3 skipped: no kubelet"
    assert line(found) == said


def test_skipped_is_not_passed_and_absent_is_neither() -> None:
    said = line([Heard("1", "passed"), Heard("2", "skipped", "", "X is not set")])
    assert said.endswith("lane 2 skipped: X is not set; lane 3 left out of this run")


def test_one_failure_outweighs_the_rest() -> None:
    found = [Heard("2", "passed", "v1.34.1"), Heard("2", "failed", "v1.34.1")]
    assert "lane 2 FAILED against v1.34.1 (1 of 2 tests)" in line(found)


def test_reports_are_told_by_where_they_come_from_and_what_they_carry() -> None:
    def report(
        nodeid: str, outcome: Literal["passed", "skipped"], *noted: tuple[str, object]
    ) -> pytest.TestReport:
        why = ("test.py", 1, "Skipped: no kubelet") if outcome == "skipped" else None
        at = (nodeid, 1, "")
        return pytest.TestReport(nodeid, at, {}, outcome, why, "setup", user_properties=noted)

    found = heard(
        [
            report("tests/unit/desired/kube/test_objects.py::test_one", "passed"),
            report("tests/unit/kit/test_text.py::test_two", "passed"),
            report("tests/lanes/test_pods.py::test_three", "skipped", ("kubernetes lane 3", "")),
        ]
    )
    assert found == [Heard("1", "passed"), Heard("3", "skipped", "", "no kubelet")]
