"""Our own actions in place of the well-known ones, run by the real act without network."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from rackhouse.delivery.runner.standins import ACTIONS, STANDINS
from rackhouse.delivery.runs.log import Kind
from rackhouse.workflows.offers import ACTIONS as OFFERED

from .stage import Stage

_HEAD = """
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
"""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(root=tmp_path)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be fetched is not there, whether this machine has Internet or not."""
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")


def test_each_says_that_it_is_ours() -> None:
    files = sorted(ACTIONS.rglob("action.yml"))
    assert files
    for file in files:
        about = yaml.safe_load(file.read_text())
        assert about["name"].startswith("Rackhouse's own ")
        assert "Stands in for" in about["description"]


def test_each_that_is_offered_is_there() -> None:
    for name in OFFERED:
        owner, action, *inner = name.split("/")
        if name != "actions/checkout":
            folder = ACTIONS / STANDINS[f"{owner}/{action}"]
            assert folder.joinpath(*inner, "action.yml").is_file()


async def test_setup_python_gives_a_python_with_pip_and_says_that_it_is_ours(
    stage: Stage, offline: None
) -> None:
    workflow = f"""{_HEAD}
      - uses: actions/setup-python@v5
        id: python
        with: {{python-version: "3.11", cache: pip}}
      - run: |
          python -c 'import sys; print("prefix", sys.prefix != sys.base_prefix)'
          echo "version ${{{{ steps.python.outputs.python-version }}}}"
          pip --version
"""
    assert await stage.run({"ci": workflow}) == ""
    assert "prefix True" in stage.text
    assert re.search(r"version 3\.11\.\d+", stage.text)
    notes = [line.text for line in stage.lines if line.kind is Kind.NOTE]
    assert "Rackhouse's own stand-in for actions/setup-python@v5" in notes


async def test_setup_python_says_which_there_are_where_one_is_not(
    stage: Stage, offline: None
) -> None:
    workflow = f"""{_HEAD}
      - uses: actions/setup-python@v5
        with: {{python-version: "3.5"}}
"""
    why = await stage.run({"ci": workflow})
    assert why.startswith("job one: step 'actions/setup-python@v5' failed")
    assert re.search(r"Python 3\.5 is not on this machine; there are: .*3\.11", stage.text)


async def test_setup_python_of_a_matrix_and_of_a_file(stage: Stage, offline: None) -> None:
    workflow = """
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    strategy: {matrix: {v: ["3.11", "3.x", ">=3.9", ""]}}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5.2.0
        with: {python-version: "${{ matrix.v }}", python-version-file: .python-version}
      - run: python --version
"""
    assert await stage.run({"ci": workflow}, {".python-version": "3.11\n"}) == ""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here")
async def test_setup_node(stage: Stage) -> None:
    workflow = f"""{_HEAD}
      - uses: actions/setup-node@v4
        with: {{node-version: ">=14", cache: npm}}
      - run: node --version
      - uses: actions/setup-node@v4
        with: {{node-version: 3.x}}
"""
    why = await stage.run({"ci": workflow})
    assert "step 'actions/setup-node@v4' failed" in why
    assert re.search(r"^v\d+\.\d+", stage.text, re.MULTILINE)
    assert re.search(r"Node.js 3.x is not on this machine; there are: \d+", stage.text)


async def test_setup_uv(stage: Stage, offline: None) -> None:
    workflow = f"""{_HEAD}
      - uses: astral-sh/setup-uv@v6
        with: {{enable-cache: true}}
      - run: uv venv --quiet && uv run --no-project python -c 'print("by uv")' && uvx --version
"""
    assert await stage.run({"ci": workflow}) == ""
    assert "by uv" in stage.text


_CACHED = f"""{_HEAD}
      - uses: actions/cache@v4
        id: kept
        with:
          path: |
            ~/.cache/tool
            build
          key: tool-${{{{ hashFiles('lock') }}}}
          restore-keys: tool-
      - run: |
          echo "hit=${{{{ steps.kept.outputs.cache-hit }}}} had=$(cat ~/.cache/tool/x build/y 2>&1)"
          mkdir -p ~/.cache/tool build
          cp lock ~/.cache/tool/x; echo built > build/y
"""


async def test_a_cache_lives_from_run_to_run(stage: Stage) -> None:
    assert await stage.run({"ci": _CACHED}, {"lock": "one\n"}) == ""
    assert "hit=false" in stage.text
    assert "saved tool-" in stage.text
    assert await stage.run({"ci": _CACHED}, {"lock": "one\n"}) == ""
    assert "hit=true had=one\nbuilt" in stage.text
    assert await stage.run({"ci": _CACHED}, {"lock": "two\n"}) == ""
    assert "hit=false had=one\nbuilt" in stage.text


async def test_a_job_that_fails_saves_no_cache(stage: Stage) -> None:
    await stage.run({"ci": _CACHED + "      - run: exit 1\n"}, {"lock": "one\n"})
    assert await stage.run({"ci": _CACHED}, {"lock": "one\n"}) == ""
    assert "hit=false had=cat" in stage.text


async def test_restore_and_save_as_steps_of_their_own(stage: Stage) -> None:
    workflow = """
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: mkdir d && echo kept > d/x
      - uses: actions/cache/save@v4
        with: {path: d, key: the-key}
  two:
    needs: one
    runs-on: ubuntu-latest
    steps:
      - uses: actions/cache/restore@v4
        with: {path: d, key: another, fail-on-cache-miss: true}
"""
    why = await stage.run({"ci": workflow})
    assert "there is no cache for another" in why
    assert "saved the-key" in stage.text


async def test_artifacts_go_from_job_to_job(stage: Stage) -> None:
    workflow = """
on: push
jobs:
  make:
    runs-on: ubuntu-latest
    strategy: {matrix: {of: [a, b]}}
    steps:
      - run: mkdir -p dist/in && echo $OF > dist/in/$OF.txt; touch dist/.env
        env: {OF: "${{ matrix.of }}"}
      - uses: actions/upload-artifact@v4
        with: {name: "out-${{ matrix.of }}", path: dist/, if-no-files-found: error}
      - uses: actions/upload-artifact@v4
        with: {name: none, path: nowhere/*, if-no-files-found: ignore}
  take:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v4
        with: {path: all}
      - uses: actions/download-artifact@v4
        with: {pattern: out-*, path: together, merge-multiple: true}
      - uses: actions/download-artifact@v4
        with: {name: out-a}
      - run: find . -type f | sort
      - uses: actions/download-artifact@v4
        with: {name: out-c}
"""
    why = await stage.run({"ci": workflow})
    assert "this run has no artifact 'out-c'; there are: out-a, out-b" in why
    found = [line for line in stage.text.splitlines() if line.startswith("./")]
    assert found == [
        "./all/out-a/in/a.txt",
        "./all/out-b/in/b.txt",
        "./in/a.txt",
        "./together/in/a.txt",
        "./together/in/b.txt",
    ]
    assert (stage.folder / "artifacts/out-a/in/a.txt").read_text() == "a\n"


async def test_an_artifact_cannot_leave_its_folder(stage: Stage) -> None:
    workflow = f"""{_HEAD}
      - run: echo x > x
      - uses: actions/upload-artifact@v4
        with: {{name: "../../log.jsonl", path: x}}
"""
    assert "is no name for an artifact" in await stage.run({"ci": workflow})


async def test_a_composite_action_of_the_repository_uses_ours(stage: Stage, offline: None) -> None:
    action = """
name: build
description: x
runs:
  using: composite
  steps:
    - uses: astral-sh/setup-uv@v5
    - {run: uv --version, shell: sh}
"""
    workflow = f"{_HEAD}      - uses: ./.github/actions/build\n"
    assert await stage.run({"ci": workflow}, {".github/actions/build/action.yml": action}) == ""
    assert re.search(r"^uv \d", stage.text, re.MULTILINE)
