"""Workflow files as popular projects write them, run whole: no network, our own actions."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from pathlib import Path

import pytest

from rackhouse.store.forge import RunStatus

from .stage import Stage

TESTS = "import unittest\n\nclass It(unittest.TestCase):\n    def test_it(self): pass\n"
PACKAGE = """
[project]
name = "abacus"
version = "1"
requires-python = ">=3.11"
"""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    return Stage(root=tmp_path)


async def test_a_python_library_with_a_matrix_a_cache_and_a_gate(stage: Stage) -> None:
    workflow = """
name: Tests
on:
  push: {branches: [main, "*.x"]}
  pull_request:
permissions: {contents: read}
concurrency: {group: "${{ github.ref }}", cancel-in-progress: true}
env: {FORCE_COLOR: 1}
jobs:
  tests:
    name: ${{ matrix.name || matrix.python }}
    runs-on: ${{ matrix.os || 'ubuntu-latest' }}
    strategy:
      fail-fast: false
      matrix:
        include:
          - {name: Newest, python: "3.11"}
          - {python: "3.x", tox: py}
    steps:
      - uses: actions/checkout@v4
        with: {persist-credentials: false}
      - uses: actions/setup-python@v5
        with: {python-version: "${{ matrix.python }}", cache: pip}
      - name: Set cache dates
        run: echo "DAY=$(date -u +%F)" >> "$GITHUB_ENV"
      - uses: actions/cache@v4
        with: {path: .cache, key: "test-${{ matrix.python }}-${{ env.DAY }}"}
      - run: |
          mkdir -p .cache
          python -m unittest -v 2>&1 | tee .cache/out
  check:
    if: always()
    needs: [tests]
    runs-on: ubuntu-latest
    steps:
      - run: test "${{ needs.tests.result }}" = success
"""
    assert await stage.run({"tests": workflow}, {"test_it.py": TESTS}) == ""
    assert {str(row.status) for row in stage.rows.values()} == {"passed"}
    assert {"Newest", "3.x", "check"} == set(stage.rows)


async def test_a_python_package_built_once_and_tested_as_built(stage: Stage) -> None:
    workflow = """
name: test
on: [push]
jobs:
  package:
    runs-on: ubuntu-latest
    outputs: {name: "${{ steps.build.outputs.name }}"}
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0}
      - uses: astral-sh/setup-uv@v6
      - id: build
        run: |
          mkdir dist && cp test_it.py dist/
          echo "name=test_it" >> "$GITHUB_OUTPUT"
          echo "### Built" >> "$GITHUB_STEP_SUMMARY"
      - uses: actions/upload-artifact@v4
        with: {name: Packages, path: dist}
  build:
    needs: [package]
    runs-on: ubuntu-latest
    timeout-minutes: 10
    strategy:
      fail-fast: false
      matrix: {python: ["3.11"], extra: ["", "-v"]}
    steps:
      - uses: actions/checkout@v4
        with: {path: source}
      - uses: actions/download-artifact@v4
        with: {name: Packages, path: built}
      - uses: actions/setup-python@v5
        id: py
        with: {python-version: "${{ matrix.python }}"}
      - working-directory: built
        run: $PYTHON -m unittest ${{ matrix.extra }} ${{ needs.package.outputs.name }}
        env: {PYTHON: "${{ steps.py.outputs.python-path }}"}
"""
    assert await stage.run({"test": workflow}, {"test_it.py": TESTS}) == ""
    assert [str(row.status) for row in stage.rows.values()] == ["passed"] * 3


async def test_a_python_application_by_uv(stage: Stage) -> None:
    workflow = """
name: CI
on: push
defaults: {run: {shell: bash}}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: astral-sh/setup-uv@v6
        with: {enable-cache: true, python-version: "3.11"}
      - run: uv sync --no-install-project
      - run: uv run --no-project python -m unittest
      - run: uv cache prune --ci
"""
    files = {"pyproject.toml": PACKAGE, "test_it.py": TESTS}
    assert await stage.run({"ci": workflow}, files) == ""


@pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm here")
async def test_a_node_library_with_lint_tests_and_coverage(stage: Stage) -> None:
    workflow = """
name: ci
on:
  push: {branches: [main], paths-ignore: ["*.md"]}
  workflow_dispatch:
jobs:
  lint:
    name: Lint
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: {persist-credentials: false}
      - uses: actions/setup-node@v4
        with: {node-version: "lts/*"}
      - run: npm install --ignore-scripts --include=dev
      - run: npm run lint
  test:
    name: Test - Node.js ${{ matrix.node-version }}
    runs-on: ubuntu-latest
    strategy: {fail-fast: false, matrix: {node-version: [">=14"]}}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: {node-version: "${{ matrix.node-version }}", cache: npm}
      - name: Install
        run: npm ci
      - name: Test
        shell: bash
        run: npm run test-ci -- --reporter spec
      - uses: actions/upload-artifact@v4
        with: {name: coverage-node, path: ./coverage/lcov.info, retention-days: 1}
  coverage:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/download-artifact@v4
        with: {path: ./coverage, pattern: coverage-node*}
      - run: test -s ./coverage/coverage-node/lcov.info
"""
    scripts = {"lint": "node --check index.js", "test-ci": "node run.js"}
    run = (
        "fs = require('fs'); fs.mkdirSync('coverage'); fs.writeFileSync('coverage/lcov.info', 'x')"
    )
    package = {"name": "abacus", "version": "1.0.0", "scripts": scripts}
    lock = {"name": "abacus", "version": "1.0.0", "lockfileVersion": 3}
    lock["packages"] = {"": {"name": "abacus", "version": "1.0.0"}}  # type: ignore[assignment]
    files = {
        "package.json": json.dumps(package),
        "package-lock.json": json.dumps(lock),
        "index.js": "module.exports = 1\n",
        "run.js": run,
    }
    assert await stage.run({"ci": workflow}, files) == ""
    assert stage.rows["coverage"].status is RunStatus.PASSED


async def test_a_web_application_with_its_database_and_cache(stage: Stage) -> None:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        postgres, redis = one.getsockname()[1], two.getsockname()[1]
    workflow = f"""
name: Test
on: [push, pull_request]
jobs:
  backend:
    runs-on: ubuntu-latest
    env:
      DATABASE_URL: postgresql://app:${{{{ secrets.DB_PASSWORD }}}}@localhost:{postgres}/app_test
      REDIS_URL: redis://localhost:{redis}/0
    services:
      postgres:
        image: postgres:17
        env:
          POSTGRES_USER: app
          POSTGRES_PASSWORD: ${{{{ secrets.DB_PASSWORD }}}}
          POSTGRES_DB: app_test
        ports: ["{postgres}:5432"]
        options: >-
          --health-cmd pg_isready --health-interval 10s --health-timeout 5s --health-retries 5
      redis:
        image: redis:7
        ports: ["{redis}:6379"]
    steps:
      - uses: actions/checkout@v4
      - name: Migrate and test
        run: {sys.executable} app.py
"""
    app = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as it:
    it.execute("create table a (b int)")
print(redis.Redis.from_url(os.environ["REDIS_URL"]).ping(), "ready")
"""
    why = await stage.run({"test": workflow}, {"app.py": app}, secrets={"DB_PASSWORD": "hush-hush"})
    assert why == ""
    assert "True ready" in stage.text


async def test_versions_that_one_job_makes_for_another(stage: Stage) -> None:
    workflow = """
name: Nightly
on: {schedule: [{cron: '17 2 * * *'}], workflow_dispatch: {inputs: {level: {default: quick}}}}
jobs:
  plan:
    runs-on: ubuntu-latest
    outputs: {versions: "${{ steps.plan.outputs.versions }}"}
    steps:
      - id: plan
        shell: python
        run: |
          import json, os
          with open(os.environ["GITHUB_OUTPUT"], "a") as out:
              out.write("versions=" + json.dumps(["3.11", "3.x"]) + "\\n")
  newest:
    needs: plan
    runs-on: ubuntu-latest
    strategy:
      matrix: {python: "${{ fromJSON(needs.plan.outputs.versions) }}"}
    steps:
      - uses: actions/checkout@v4
      - uses: ./.github/actions/prepare
        with: {python: "${{ matrix.python }}"}
      - run: python --version
"""
    action = """
name: prepare
description: Python as this project wants it
inputs: {python: {required: true, description: which}}
runs:
  using: composite
  steps:
    - uses: actions/setup-python@v5
      with: {python-version: "${{ inputs.python }}"}
"""
    files = {".github/actions/prepare/action.yml": action}
    assert await stage.run({"nightly": workflow}, files, event="workflow_dispatch") == ""
    titles = {title for title, row in stage.rows.items() if row.status is RunStatus.PASSED}
    assert titles == {"plan", "newest (3.11)", "newest (3.x)"}
