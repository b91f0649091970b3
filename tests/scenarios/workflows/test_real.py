"""Workflow files as popular Python and Node projects write them: read, multiplied out, judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.workflows import read_workflow, refusals, triggered
from rackhouse.workflows.evaluate import facts
from rackhouse.workflows.picture import picture, titles

REAL = Path(__file__).parent / "real"
EXPECTED: Mapping[str, Any] = yaml.safe_load((REAL / "expected.yaml").read_text())
NAMES = sorted(EXPECTED)


def test_every_file_is_expected() -> None:
    files = {file.name for file in REAL.glob("*.yaml")} - {"expected.yaml"}
    assert files == set(EXPECTED)
    assert len(files) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_it_is_read(name: str) -> None:
    expected = EXPECTED[name]
    workflow = read_workflow((REAL / name).read_text(), name)
    jobs = {job.name: job for job in workflow.jobs}
    assert {job: len(it.matrix) for job, it in jobs.items()} == expected["jobs"]
    assert [f"{note.path}: {note.what}" for note in workflow.notes] == expected.get("notes", [])
    columns = [[box.job for box in column] for column in picture(workflow).columns]
    assert columns == expected["columns"]
    for job, texts in expected["titles"].items():
        assert list(titles(jobs[job])) == texts


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_when_it_should(name: str) -> None:
    workflow = read_workflow((REAL / name).read_text(), name)
    for case, runs in EXPECTED[name]["runs"].items():
        event, ref = case.split()
        default = "main"
        found = triggered(workflow, event=event, ref=ref, default_branch=default, changed=None)
        assert found is runs, case


@pytest.mark.parametrize("name", NAMES)
def test_it_is_judged(name: str) -> None:
    workflow = read_workflow((REAL / name).read_text(), name)
    for case, refused in EXPECTED[name]["refused"].items():
        event, ref = case.split()
        known = facts(event=event, ref=ref, default_branch="main", repository="ada/abacus")
        problems = refusals(workflow, has_engine=False, online=False, known=known)
        assert [f"{it.path}: {it.what}" for it in problems] == refused, case
