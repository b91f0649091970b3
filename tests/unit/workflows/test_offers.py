"""What a rack has for workflows: images of services, and jobs that need not be asked."""

from __future__ import annotations

import pytest

from rackhouse.workflows import read_workflow
from rackhouse.workflows.evaluate import facts
from rackhouse.workflows.offers import service_of
from rackhouse.workflows.refusals import idle


@pytest.mark.parametrize(
    ("image", "part"),
    [
        ("postgres", "postgres"),
        ("postgres:17-alpine", "postgres"),
        ("docker.io/library/postgres:16@sha256:abc", "postgres"),
        ("public.ecr.aws/docker/library/postgres:16", "postgres"),
        ("pgvector/pgvector:pg17", "postgres"),
        ("redis:7", "redis"),
        ("docker.io/valkey/valkey", "redis"),
        ("postgis/postgis:16-3.4", ""),
        ("redis/redis-stack", ""),
        ("localhost:5000/postgres:16", ""),
        ("evil/postgres", ""),
        ("mysql:9", ""),
        ("", ""),
    ],
)
def test_images(image: str, part: str) -> None:
    assert service_of(image) == part


@pytest.mark.parametrize(
    ("second", "left_out"),
    [
        ("", {"first", "second"}),
        ("success()", {"first", "second"}),
        ("always()", {"first"}),
        ("${{ !cancelled() }}", {"first"}),
        ("failure() || needs.first.result == 'skipped'", {"first"}),
    ],
)
def test_a_job_is_idle_with_what_it_needs(second: str, left_out: set[str]) -> None:
    condition = f'"{second}"' if second else ""
    text = f"""
on: push
jobs:
  second: {{needs: first, if: {condition}, runs-on: linux, steps: [{{run: x}}]}}
  first: {{if: "github.ref_type == 'tag'", runs-on: linux, steps: [{{run: x}}]}}
"""
    workflow = read_workflow(text, "ci.yaml")
    assert idle(workflow, facts(event="push", ref="refs/heads/main")) == left_out
    assert idle(workflow, facts(event="push", ref="refs/tags/v1")) == set()
    assert idle(workflow, {}) == set()
