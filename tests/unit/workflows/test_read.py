"""Reading a workflow file: lines, all problems at once, and no text that breaks the reader."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.kit.errors import FileError, Problem
from rackhouse.kit.yaml import RULES as YAML_RULES
from rackhouse.workflows import read_workflow, refusals
from rackhouse.workflows.evaluate import facts
from rackhouse.workflows.model import Workflow
from rackhouse.workflows.picture import picture
from rackhouse.workflows.reader import MOST
from rackhouse.workflows.rules import RULES

REAL = Path(__file__).parents[2] / "scenarios" / "workflows" / "real"
FILES = [file.read_text() for file in sorted(REAL.glob("*.yaml")) if file.stem != "expected"]


def _said(text: str) -> tuple[Problem, ...]:
    with pytest.raises(FileError) as caught:
        read_workflow(text, ".github/workflows/ci.yaml")
    assert caught.value.where == ".github/workflows/ci.yaml"
    return caught.value.problems


def test_everything_that_is_wrong_is_said_at_once_with_its_line() -> None:
    text = """
on: psh
jobs:
  test:
    runson: ubuntu-latest
    needs: [lint]
    steps:
      - rn: make
      - run: ${{ gihub.ref }}
  deploy:
"""
    assert [f"{p.line} {p.rule} {p.path}" for p in _said(text)] == [
        "2 workflow-event on.psh",
        "4 workflow-needs jobs.test.needs",
        "5 workflow-key jobs.test.runson",
        "5 workflow-missing jobs.test",
        "8 workflow-key jobs.test.steps[0].rn",
        "8 workflow-steps jobs.test.steps[0]",
        "9 workflow-expression jobs.test.steps[1].run",
        "10 workflow-missing jobs.deploy",
        "10 workflow-missing jobs.deploy",
    ]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", {"workflow-missing"}),
        ("- a", {"workflow-type"}),
        ("jobs: [a]", {"workflow-missing", "workflow-type", "workflow-jobs"}),
        ("on: []\njobs: ", {"workflow-event", "workflow-jobs"}),
        ("on: push\njobs: {a: x}", {"workflow-type"}),
        ("on: push\njobs: {a: {runs-on: linux, steps: []}}", {"workflow-steps"}),
        ("on: push\njobs: {a: {runs-on: linux, steps: {run: x}}}", {"workflow-steps"}),
        ("on: push\njobs: {a: {runs-on: linux, steps: [x]}}", {"workflow-type"}),
        ("on: push\n\tjobs: {}", {"yaml-tab"}),
        ("on: push\njobs: {a: {runs-on: [], steps: [{run: x}]}}", {"job-machine"}),
        ("on: {push: [main]}\njobs: {a: {uses: ./x.yaml}}", {"workflow-type"}),
        ("on: push\njobs: {a: {uses: ./x}}", {"workflow-uses"}),
        ("on: push\npermissions: all\njobs: {a: {uses: ./x.yaml}}", {"workflow-value"}),
        ("on: push\nconcurrency: {}\njobs: {a: {uses: ./x.yaml}}", {"workflow-missing"}),
        ("on: push\njobs: {a: {uses: ./x.yaml, steps: [{run: x}]}}", {"workflow-key"}),
    ],
)
def test_odd_files(text: str, rules: set[str]) -> None:
    assert {problem.rule for problem in _said(text)} == rules


def test_on_yes_and_no_are_words() -> None:
    text = "'on': push\nenv: {no: 1, YES: 2}\njobs: {on: {runs-on: linux, steps: [{run: x}]}}"
    assert read_workflow(text, "ci.yaml").jobs[0].name == "on"


def _row(count: int) -> str:
    jobs = (
        f"  j{n}: {{needs: [j{n - 1}], runs-on: linux, steps: [{{run: x}}]}}\n"
        for n in range(count)
    )
    return "on: push\njobs:\n" + "".join(jobs).replace("needs: [j-1], ", "")


def test_jobs_in_a_row() -> None:
    assert len(picture(read_workflow(_row(256), "ci.yaml")).columns) == 256
    assert {p.rule for p in _said(_row(257))} == {"workflow-jobs"}
    around = _row(256).replace("{runs-on", "{needs: j255, runs-on", 1)
    assert {p.rule for p in _said(around)} == {"workflow-needs"}


def test_a_file_of_nothing_but_slips_is_answered_shortly() -> None:
    needs = ", ".join(f"jbo{n}" for n in range(50_000))
    keys = "".join(f"    runs-onn{n}: {'x' * 20}\n" for n in range(10_000))
    text = f"on: push\njobs:\n  a:\n    needs: [{needs}]\n{keys}    {'y' * 900}: 1\n"
    problems = _said(text)
    assert len(problems) == MOST
    assert len(str(FileError("ci.yaml", problems))) < 300_000


def _read(text: str) -> tuple[Workflow | None, tuple[Problem, ...]]:
    try:
        return read_workflow(text, "ci.yaml"), ()
    except FileError as error:
        return None, error.problems


def _holds(text: str) -> None:
    """Any text gives a workflow that can be judged and drawn, or problems that can be shown."""
    workflow, problems = _read(text)
    assert {problem.rule for problem in problems} <= {*RULES, *YAML_RULES}
    assert all(problem.fix and problem.what for problem in problems)
    if workflow is None:
        assert problems
        return
    known = facts(event="push", ref="refs/heads/main", default_branch="main")
    found = refusals(workflow, has_engine=False, online=False, known=known, read=lambda _: text)
    assert {problem.rule for problem in found} <= {*RULES, *YAML_RULES}
    assert sum(len(column) for column in picture(workflow).columns) == len(workflow.jobs)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    _holds(text)


WORDS = st.sampled_from(
    [
        "push",
        "main",
        "",
        "linux",
        "./a",
        "actions/checkout@v4",
        "${{ matrix.a }}",
        "${{",
        "!x",
        "1.0",
    ]
)
KEYS = st.sampled_from(
    [
        "on",
        "push",
        "jobs",
        "a",
        "b",
        "needs",
        "runs-on",
        "steps",
        "run",
        "uses",
        "with",
        "if",
        "strategy",
        "matrix",
        "include",
        "exclude",
        "branches",
        "services",
        "image",
        "container",
        "env",
        "shell",
        "id",
        "timeout-minutes",
        "paths",
        "schedule",
        "cron",
        "defaults",
    ]
)
TREES = st.recursive(
    WORDS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)


@given(TREES, TREES)
def test_any_tree_of_its_words(on: object, jobs: object) -> None:
    _holds(yaml.safe_dump({"on": on, "jobs": jobs}))


@given(st.sampled_from(FILES), st.data())
@settings(max_examples=60)
def test_any_slip_in_a_real_file(text: str, data: st.DataObject) -> None:
    lines = text.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    line = lines[at]
    cut = data.draw(st.integers(0, len(line)))
    lines[at] = line[:cut] + data.draw(st.sampled_from(["", ":", " ", "- ", "x", "'", "{", "${{"]))
    _holds("\n".join(lines))
