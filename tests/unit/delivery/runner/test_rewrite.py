"""The workflow as act gets it."""

from __future__ import annotations

import yaml

from rackhouse.delivery.runner.rewrite import rewrite

TEXT = """
on: push
env: {A: "no", B: 010}
jobs:
  it:
    runs-on: ubuntu-latest
    strategy: {matrix: {v: ["3.10", 3.11]}, max-parallel: 5}
    services:
      db: {image: postgres, ports: ["5433:5432"]}
    steps:
      - uses: actions/cache@v4
        with: {path: x, key: y}
      - run: |
          echo ${{ job.services.db.ports['5432'] }} ${{ job.services.db.ports[5432] }}
"""


def test_all_else_stays_as_written() -> None:
    text = TEXT.replace("actions/cache@v4", "acme/other@v4")
    before, after = yaml.safe_load(text), yaml.safe_load(rewrite(text, {}))
    del before["jobs"]["it"]["services"]
    assert after == before
    assert "on: push" in rewrite(text, {})
    assert "010" in rewrite(text, {})


def test_ports_are_filled_in() -> None:
    written = yaml.safe_load(rewrite(TEXT, {("db", "5432"): 5433}))
    assert written["jobs"]["it"]["steps"][1]["run"].split() == [
        "echo",
        *["${{", "'5433'", "}}"] * 2,
    ]


def test_what_caches_gets_a_last_step_that_saves() -> None:
    steps = yaml.safe_load(rewrite(TEXT, {}))["jobs"]["it"]["steps"]
    assert steps[-1]["name"] == "Post actions/cache"
    assert steps[-1]["if"] == "success()"


def test_jobs_that_share_a_service_take_turns() -> None:
    strategy = yaml.safe_load(rewrite(TEXT, {}, in_turn=True))["jobs"]["it"]["strategy"]
    assert strategy["max-parallel"] == 1
