"""The conformance table: each row of `features/` is a test, and a line of the reference page.

A row says its workflow whole (`file`), or a part of a small one (`when`, `job`, `runs-on`,
`steps`). `here` is `works`, `refused` with the sentence `refused`, or `ignored`, with the note
`noted` when one is made. Rows with `shown: run` are run whole, by the tests of the runner.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.kit.errors import FileError, Problem
from rackhouse.workflows import read_workflow, refusals, triggered
from rackhouse.workflows.evaluate import facts
from rackhouse.workflows.model import Workflow
from rackhouse.workflows.picture import picture
from rackhouse.workflows.rules import RULES

FILES = sorted((Path(__file__).parent / "features").glob("*.yaml"))
ROWS = [
    row
    for file in FILES
    for row in yaml.safe_load(file.read_text())["rows"]
    if row.get("shown", "read") == "read"
]
Row = Mapping[str, Any]


def _text(row: Row) -> str:
    if "file" in row:
        return str(row["file"])
    job = textwrap.indent(row.get("job", "env: {}"), "    ")
    return (
        f"on: {row.get('when', 'push')}\njobs:\n  a:\n    runs-on: {row.get('runs-on', 'linux')}\n"
        f"{job}\n    steps: {row.get('steps', '[{run: make}]')}\n"
    )


def _reader(row: Row) -> Callable[[str], str | None] | None:
    files = row.get("files")
    return None if files is None else files.get


def _judged(row: Row) -> tuple[Workflow | None, list[Problem]]:
    try:
        workflow = read_workflow(_text(row), ".github/workflows/ci.yaml")
    except FileError as error:
        return None, list(error.problems)
    event, ref = row.get("event", (None, None))
    known = facts(event=event, ref=ref) if event else None
    return workflow, refusals(
        workflow,
        has_engine=False,
        online=row.get("online", False),
        known=known,
        read=_reader(row),
    )


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return {str(k): _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value


def _dig(value: Any, path: str) -> object:
    for part in path.split("."):
        value = value[int(part)] if part.isdigit() else getattr(value, part)
    return _plain(value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["feature"])
def test_the_row_is_true(row: Row) -> None:
    workflow, problems = _judged(row)
    if row["here"] == "refused":
        assert [problem.what for problem in problems] == [row["refused"]]
        return
    assert not problems
    assert workflow is not None
    assert [note.what for note in workflow.notes] == ([row["noted"]] if "noted" in row else [])
    for path, value in row.get("gives", {}).items():
        assert _dig(workflow, path) == value, path
    if "columns" in row:
        columns = picture(workflow).columns
        assert [[box.job for box in column] for column in columns] == row["columns"]


@pytest.mark.parametrize("row", [row for row in ROWS if "runs" in row], ids=lambda r: r["feature"])
def test_the_row_runs_when_it_says(row: Row) -> None:
    workflow, _ = _judged(row)
    assert workflow is not None
    runs = {
        f"{event} {ref}": triggered(
            workflow, event=event, ref=ref, default_branch="main", changed=row.get("changed")
        )
        for event, ref in (case.split() for case in row["runs"])
    }
    assert runs == row["runs"]


def _ignored() -> list[Row]:
    return [row for row in ROWS if row["here"] == "ignored" and "job" in row]


@pytest.mark.parametrize("row", _ignored(), ids=lambda row: row["feature"])
def test_what_is_ignored_changes_nothing(row: Row) -> None:
    workflow, _ = _judged(row)
    without, _ = _judged({key: value for key, value in row.items() if key != "job"})
    assert workflow is not None
    assert workflow == without


def test_every_problem_has_a_place_a_reason_and_a_fix() -> None:
    shown = set()
    for row in ROWS:
        workflow, problems = _judged(row)
        lines = _text(row).count("\n") + 1
        for problem in (*problems, *(workflow.notes if workflow else ())):
            assert 1 <= problem.line <= lines
            assert problem.fix
            assert "\n" not in problem.what + problem.fix
            shown.add(problem.rule)
    assert set(RULES) - shown == {"workflow-missing"}  # test_read.py
