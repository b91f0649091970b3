"""Workflow files run by the real act, without network."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from rackhouse.delivery.runner import Limits
from rackhouse.delivery.runs.log import Kind
from rackhouse.store.forge import RunStatus

from .stage import Stage

SIMPLE = """
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Say
        run: {run}
"""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(root=tmp_path)


async def test_a_job_that_passes(stage: Stage) -> None:
    assert await stage.run({"ci": SIMPLE.format(run="cat hello")}, {"hello": "hi there\n"}) == ""
    assert "hi there" in stage.text
    assert stage.rows["test"].status is RunStatus.PASSED
    assert [row.status for row in stage.told] == ["waiting", "running", "passed"]
    said = next(line for line in stage.lines if line.text == "hi there")
    assert (said.job, said.step) == ("test", "Say")
    groups = [line.text for line in stage.lines if line.kind is Kind.GROUP]
    assert groups[-1] == "Say"


async def test_a_job_that_fails_says_which_step_and_the_last_words(stage: Stage) -> None:
    why = await stage.run({"ci": SIMPLE.format(run="echo 2 failed, 3 passed; exit 7")})
    assert why.startswith("job test: step 'Say' failed")
    assert "2 failed, 3 passed" in why
    assert stage.rows["test"].status is RunStatus.FAILED
    assert not list(stage.folder.glob("act.*"))


async def test_matrix_needs_outputs_conditions(stage: Stage) -> None:
    workflow = """
name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    strategy: {matrix: {letter: [a, b], flag: [true]}}
    outputs: {word: "${{ steps.w.outputs.word }}"}
    steps:
      - id: w
        run: echo "word=given" >> "$GITHUB_OUTPUT"
      - run: echo "letter ${{ matrix.letter }}"
  next:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - run: echo "got ${{ needs.test.outputs.word }}"
      - if: failure()
        run: echo never
      - run: echo "::error file=a.py,line=3::look here"
  tag:
    if: startsWith(github.ref, 'refs/tags/')
    runs-on: ubuntu-latest
    steps: [{run: echo never}]
"""
    assert await stage.run({"ci": workflow}) == ""
    assert "got given" in stage.text
    assert "error: a.py:3: look here" in stage.text
    assert "never" not in stage.text
    statuses = {title: str(row.status) for title, row in stage.rows.items()}
    assert statuses == {
        "test (a, true)": "passed",
        "test (b, true)": "passed",
        "next": "passed",
        "tag": "skipped",
    }
    assert stage.rows["next"].needs == ("test",)


async def test_what_needs_a_failed_job_is_skipped(stage: Stage) -> None:
    workflow = """
on: push
jobs:
  one: {runs-on: ubuntu-latest, steps: [{run: exit 1}]}
  two: {needs: one, runs-on: ubuntu-latest, steps: [{run: echo never}]}
"""
    assert (await stage.run({"ci": workflow})).startswith("job one: step 'exit 1' failed")
    assert stage.rows["two"].status is RunStatus.SKIPPED


async def test_secrets_reach_the_job_and_never_the_log(stage: Stage) -> None:
    odd = "p$HOME\"x'y\\z #1"
    key = "-----BEGIN KEY-----\nfirst-line-of-it\nsecond-line-of-it\n-----END KEY-----"
    workflow = """
on: push
env: {ODD: "${{ secrets.ODD }}", KEY: "${{ secrets.KEY }}"}
jobs:
  leak:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          echo "$ODD"; printf %s "$KEY" | tail -n 3
          printf %s "$ODD" | base64; echo "$KEY" | base64; echo "x$ODD" | base64
          printf '%s' "$KEY" | od -An -tx1 | tr -d ' \\n'; echo
          echo "::error::$ODD"
          python3 -c 'import json, os; print(json.dumps(os.environ["KEY"]))'
          python3 -c 'import os, urllib.parse as u; print(u.quote(os.environ["ODD"]))'
          test "$ODD" = "$(cat odd)" && echo the same
"""
    why = await stage.run({"ci": workflow}, {"odd": odd}, secrets={"ODD": odd, "KEY": key})
    assert why == ""
    assert "the same" in stage.text
    whole = (stage.folder / "log.jsonl").read_text()
    for leak in ("first-line", "second-line", "p$HOME", base64.b64encode(odd.encode()).decode()):
        assert leak not in whole
    assert b"first-line-of-it".hex() not in whole
    everything = [file for file in stage.root.rglob("*") if file.is_file()]
    assert not [file for file in everything if b"first-line-of-it" in file.read_bytes()]


async def test_the_event_and_the_commit_are_known_as_on_github(stage: Stage) -> None:
    workflow = """
on: push
jobs:
  it:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo "${{ github.event.head_commit.message }} ${{ github.event.pusher.name }}"
          echo "${{ github.ref_name }} ${{ github.repository }}"
          echo "${{ github.actor }} ${{ github.run_number }}"
          test "${{ github.sha }}" = "${{ github.event.after }}" && echo same
          echo "${{ github.event.before }} ${{ github.event.created }}"
"""
    assert await stage.run({"ci": workflow}) == ""
    assert stage.text.splitlines()[-5:] == [
        "A change ada",
        "main rack/hello",
        "ada 1",
        "same",
        f"{'0' * 40} true",
    ]


async def test_the_repositorys_own_dotfiles_do_not_steer_act(stage: Stage) -> None:
    files = {".actrc": "--dryrun\n", ".env": "STOLEN=yes\n", ".secrets": "TOKEN=theirs\n"}
    workflow = SIMPLE.format(run='echo "env=$STOLEN token=${{ secrets.TOKEN }}"')
    assert await stage.run({"ci": workflow}, files) == ""
    assert "env= token=\n" in stage.text + "\n"


async def test_two_files_run_beside_each_other_and_one_failure_fails(stage: Stage) -> None:
    good, bad = SIMPLE.format(run="echo good"), SIMPLE.format(run="exit 3")
    why = await stage.run({"a": good, "b": bad})
    assert why.startswith("job test: step 'Say' failed")
    assert {(row.workflow, str(row.status)) for row in stage.told if row.ended} == {
        (".github/workflows/a.yml", "passed"),
        (".github/workflows/b.yml", "failed"),
    }
    assert len({row.position for row in stage.told}) == 2


async def test_what_waits_for_a_called_workflow_waits_for_its_last_jobs(stage: Stage) -> None:
    called = """
on: workflow_call
jobs:
  first: {runs-on: ubuntu-latest, steps: [{run: echo one}]}
  last: {needs: first, runs-on: ubuntu-latest, steps: [{run: echo two}]}
"""
    calling = """
on: push
jobs:
  before: {runs-on: ubuntu-latest, steps: [{run: echo zero}]}
  build: {needs: before, uses: ./.github/workflows/build.yml}
  again: {uses: ./.github/workflows/build.yml}
  idle: {if: false, uses: ./.github/workflows/build.yml}
  after: {needs: [build, again], runs-on: ubuntu-latest, steps: [{run: echo three}]}
"""
    assert await stage.run({"ci": calling}, {".github/workflows/build.yml": called}) == ""
    needs = {row.name: (row.needs, str(row.status)) for row in stage.rows.values()}
    assert needs == {
        "before": ((), "passed"),
        "build/first": (("before",), "passed"),
        "build/last": (("build/first",), "passed"),
        "again/first": ((), "passed"),
        "again/last": (("again/first",), "passed"),
        "idle/first": ((), "skipped"),
        "idle/last": (("idle/first",), "skipped"),
        "after": (("build/last", "again/last"), "passed"),
    }


async def test_a_step_that_sleeps_for_ever_is_stopped(stage: Stage) -> None:
    workflow = SIMPLE.format(run="sleep 4321")
    why = await stage.run({"ci": workflow}, limits=Limits(seconds=2))
    assert "ran for more than 2.0 s and was stopped" in why
    assert stage.rows["test"].status is RunStatus.FAILED
    assert any(line.kind is Kind.ERROR for line in stage.lines)


async def test_cancelling_in_the_middle(stage: Stage) -> None:
    running = asyncio.create_task(stage.run({"ci": SIMPLE.format(run="echo begun; sleep 4321")}))
    while not (stage.number and stage.folder.exists() and "begun" in stage.text):
        await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert stage.rows["test"].status is RunStatus.CANCELLED
    assert not list(stage.folder.glob("act.*"))


async def test_the_job_does_not_find_the_racks_state(stage: Stage) -> None:
    state = stage.root / "state"
    state.mkdir()
    (state / "store.db").write_text("the vault")
    script = f"cat {state}/store.db || echo not there; ls {state}"
    assert await stage.run({"ci": SIMPLE.format(run=script)}) == ""
    assert "the vault" not in stage.text
    assert "not there" in stage.text
