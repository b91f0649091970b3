"""Which release may follow which."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.desired.k3s.skew import skew, way
from rackhouse.rack.values import Release
from unit.desired import clusters

releases = st.builds(Release, st.integers(0, 60), st.integers(0, 20), st.integers(1, 3))


def _release(text: str) -> Release:
    minor, patch = map(int, text.split("."))
    return Release(minor, patch, 1)


@pytest.mark.parametrize(
    ("running", "found"),
    [
        ({}, {}),
        ({"s-1": "34.1", "s-2": "34.1", "a-1": "34.1"}, {}),
        ({"s-1": "33.9", "s-2": "33.9", "a-1": "31.0"}, {}),  # a kubelet may be three minors older
        ({"s-1": "33.9", "s-2": "32.9", "a-1": "32.9"}, {"s-2": {"minor-skipped"}}),
        ({"s-1": "34.2", "s-2": "34.1"}, {"s-1": {"downgrade"}}),
        ({"s-1": "35.0"}, {"s-1": {"downgrade"}}),
        ({"s-1": "34.1", "a-1": "30.4"}, {"a-1": {"agent-too-old"}}),
        (
            {"s-1": "34.1", "s-2": "32.0"},
            {"s-2": {"minor-skipped", "servers-apart"}},
        ),
        ({"s-1": "33.0", "s-2": "33.0", "a-1": "34.0"}, {"a-1": {"agent-newer"}}),
    ],
)
def test_what_is_refused(running: dict[str, str], found: dict[str, set[str]]) -> None:
    rack = clusters.rack(3, 1)  # wants 1.34.1
    findings = skew(rack, {name: _release(text) for name, text in running.items()})
    rules: dict[str, set[str]] = {}
    for finding in findings:
        rules.setdefault(finding.node, set()).add(finding.rule)
        assert finding.fix
        assert finding.why
    assert rules == found


def test_the_way_is_said() -> None:
    (finding,) = skew(clusters.rack(1), {"s-1": _release("31.3")})
    assert "1.32, then 1.33, then 1.34" in finding.fix


@given(present=releases, wanted=releases)
def test_the_way_skips_no_minor(present: Release, wanted: Release) -> None:
    stops = [present.minor, *way(present, wanted)]
    assert all(later - earlier == 1 for earlier, later in itertools.pairwise(stops))
    assert stops[-1] == max(present.minor, wanted.minor)


def test_releases_are_compared_as_numbers() -> None:
    assert _release("34.9") < _release("34.10") < _release("35.0")
