"""The line at the end of a run of tests that says which of Kubernetes' three lanes ran.

A lane that was skipped is said to be, with the reason: it never counts as passed. Knows tests by
what they left in their reports, so that it holds with xdist too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest

LANES = ("1", "2", "3")
_PROPERTY = "kubernetes lane "
_FIRST = "tests/unit/desired/kube/"  # needs nothing, so it has no fixture that could say so


@dataclass(frozen=True)
class Heard:
    """What one report says of a lane. `version`: of the server it ran against."""

    lane: str
    outcome: str
    version: str = ""
    reason: str = ""


def note(item: pytest.Item, lane: str, version: str = "") -> None:
    """Have this test's report say that it is of `lane`, and against what it ran."""
    item.user_properties.append((_PROPERTY + lane, version))


def heard(reports: Iterable[pytest.TestReport]) -> list[Heard]:
    """What is said of lanes."""
    found = []
    for report in reports:
        noted = dict(report.user_properties)
        for lane in LANES:
            if _PROPERTY + lane in noted:
                version = str(noted[_PROPERTY + lane])
                found.append(Heard(lane, report.outcome, version, _reason(report)))
        if report.nodeid.startswith(_FIRST):
            found.append(Heard("1", report.outcome))
    return found


def line(found: Sequence[Heard]) -> str:
    """`Kubernetes: lane 1 ran; lane 2 ran against v1.34.1; lane 3 skipped: no kubelet`."""
    said = "; ".join(_said(lane, [it for it in found if it.lane == lane]) for lane in LANES)
    return f"Kubernetes: {said}"


def _said(lane: str, found: Sequence[Heard]) -> str:
    outcomes = [it.outcome for it in found]
    if not found:
        return f"lane {lane} left out of this run"
    against = "".join(f" against {it}" for it in sorted({it.version for it in found} - {""}))
    if failed := outcomes.count("failed"):
        return f"lane {lane} FAILED{against} ({failed} of {len(found)} tests)"
    if "passed" in outcomes:
        return f"lane {lane} ran{against}"
    return f"lane {lane} skipped: {'; '.join(sorted({it.reason for it in found}))}"


def _reason(report: pytest.TestReport) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return ""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The hook; silent in a run without any of these tests."""
    stats = terminalreporter.stats
    reports = [
        it
        for category in ("passed", "failed", "skipped", "error")
        for it in stats.get(category, ())
    ]
    if found := heard(it for it in reports if isinstance(it, pytest.TestReport)):
        terminalreporter.write_line(line(found))
