"""Which files are workflows, and which pushes run one."""

from __future__ import annotations

import pytest

from rackhouse.workflows import read_workflow, triggered, workflow_files

JOBS = "\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n"


def _runs(on: str, ref: str, *, event: str = "push", changed: list[str] | None = None) -> bool:
    workflow = read_workflow(f"on: {on}{JOBS}", "ci.yaml")
    return triggered(workflow, event=event, ref=ref, default_branch="main", changed=changed)


@pytest.mark.parametrize(
    ("on", "branch", "tag"),
    [
        ("push", True, True),
        ("[push, pull_request]", True, True),
        ("{push: }", True, True),
        ("pull_request", False, False),
        ("{push: {branches: [main]}}", True, False),
        ("{push: {branches: ['**', '!main']}}", False, False),
        ("{push: {branches-ignore: [main]}}", False, False),
        ("{push: {branches-ignore: [x]}}", True, False),
        ("{push: {tags: ['v*']}}", False, True),
        ("{push: {tags: ['w*']}}", False, False),
        ("{push: {tags-ignore: ['v*']}}", False, False),
        ("{push: {branches: [main], tags: ['v*']}}", True, True),
        ("{push: {branches: [x], tags-ignore: [x]}}", False, True),
    ],
)
def test_refs(on: str, branch: bool, tag: bool) -> None:
    assert _runs(on, "refs/heads/main") is branch
    assert _runs(on, "refs/tags/v1") is tag
    assert not _runs(on, "refs/notes/commits")


@pytest.mark.parametrize(
    ("on", "changed", "runs"),
    [
        ("{push: {paths: ['src/**']}}", ["src/a.py", "README.md"], True),
        ("{push: {paths: ['src/**']}}", ["README.md"], False),
        ("{push: {paths: ['src/**']}}", [], False),
        ("{push: {paths: ['src/**']}}", None, True),
        ("{push: {paths: ['src/**', '!src/docs/**']}}", ["src/docs/a.md"], False),
        ("{push: {paths: ['src/**', '!src/docs/**']}}", ["src/docs/a.md", "src/a"], True),
        ("{push: {paths-ignore: ['**.md']}}", ["README.md", "docs/a.md"], False),
        ("{push: {paths-ignore: ['**.md']}}", ["README.md", "a.py"], True),
        ("{push: {paths-ignore: ['**.md']}}", [], False),
        ("{push: {branches: [x], paths: ['**']}}", ["a"], False),
    ],
)
def test_paths(on: str, changed: list[str] | None, runs: bool) -> None:
    assert _runs(on, "refs/heads/main", changed=changed) is runs


def test_a_tag_is_not_asked_for_paths() -> None:
    assert _runs("{push: {paths: ['src/**']}}", "refs/tags/v1", changed=["README.md"])


@pytest.mark.parametrize(
    ("on", "runs"),
    [
        ("pull_request", True),
        ("{pull_request: {branches: [main]}}", True),
        ("{pull_request: {branches: ['release/**']}}", False),
        ("{pull_request: {branches-ignore: [main]}}", False),
        ("{pull_request: {types: [opened, synchronize]}}", True),
        ("{pull_request: {types: [closed]}}", False),
        ("{pull_request: {paths: [a.py]}}", True),
        ("{pull_request: {paths: [b.py]}}", False),
        ("push", False),
    ],
)
def test_a_branch_is_a_pull_request_into_the_default_branch(on: str, runs: bool) -> None:
    assert _runs(on, "refs/heads/topic", event="pull_request", changed=["a.py"]) is runs
    assert not _runs(on, "refs/heads/main", event="pull_request", changed=["a.py"])
    assert not _runs(on, "refs/tags/v1", event="pull_request", changed=["a.py"])


def test_by_time_and_by_hand() -> None:
    on = "{schedule: [{cron: '0 3 * * *'}], workflow_dispatch: }"
    assert _runs(on, "refs/heads/main", event="schedule")
    assert not _runs(on, "refs/heads/topic", event="schedule")
    assert _runs(on, "refs/heads/topic", event="workflow_dispatch")
    assert not _runs("push", "refs/heads/main", event="schedule")
    assert not _runs("push", "refs/heads/main", event="workflow_dispatch")
    assert not _runs("push", "refs/heads/main", event="release")


def test_the_folder_of_gitea_hides_that_of_github() -> None:
    github = [".github/workflows/b.yml", ".github/workflows/a.yaml"]
    other = [".github/workflows/README.md", ".github/workflows/sub/c.yml", "workflows/d.yml"]
    assert workflow_files([*github, *other]) == sorted(github)
    assert workflow_files([*github, ".gitea/workflows/x.yaml"]) == [".gitea/workflows/x.yaml"]
    assert workflow_files(["README.md"]) == []
