"""What is refused before the run, where files use each other: in circles, deeply, very often."""

from __future__ import annotations

from rackhouse.workflows import read_workflow, refusals
from rackhouse.workflows.refusals import MAX_CALLS, MOST

PATH = ".github/workflows/{}.yaml"


def _refused(text: str, files: dict[str, str]) -> list[str]:
    workflow = read_workflow(text, PATH.format("ci"))
    found = refusals(workflow, has_engine=False, online=False, read=files.get)
    return [problem.what for problem in found]


def _calls(*names: str) -> str:
    jobs = (f"j{n}: {{uses: ./{PATH.format(name)}}}" for n, name in enumerate(names))
    return f"on: [push, workflow_call]\njobs: {{{', '.join(jobs)}}}"


def _steps(*uses: str) -> str:
    return f"runs: {{using: composite, steps: [{', '.join(f'{{uses: {u}}}' for u in uses)}]}}"


def test_workflows_that_call_each_other() -> None:
    files = {PATH.format("a"): _calls("b"), PATH.format("b"): _calls("a")}
    (what,) = _refused(_calls("a"), files)
    assert what.endswith("'.github/workflows/a.yaml' would call itself for ever")
    (what,) = _refused(_calls("ci"), {PATH.format("ci"): _calls("ci")})
    assert what == "'.github/workflows/ci.yaml' would call itself for ever"


def test_workflows_that_call_each_other_too_deep() -> None:
    files = {PATH.format(f"w{n}"): _calls(f"w{n + 1}") for n in range(MAX_CALLS + 1)}
    (what,) = _refused(_calls("w0"), files)
    assert what.endswith(f"workflows call each other over {MAX_CALLS} deep")


def test_each_file_is_judged_once_however_often_it_is_used() -> None:
    names = [f"w{n}" for n in range(MAX_CALLS)]
    files = {PATH.format(name): _calls(*[names[n + 1]] * 200) for n, name in enumerate(names[:-1])}
    files[PATH.format(names[-1])] = "on: workflow_call\njobs: {a: {runs-on: x, steps: [{run: y}]}}"
    (what,) = _refused(_calls(*["w0"] * 200), files)
    assert what.endswith("jobs.a.runs-on: this rack has no machine 'x'")


def test_actions_that_use_each_other() -> None:
    files = {"a/action.yml": _steps("./b", "./b"), "b/action.yml": _steps("./a")}
    text = "on: push\njobs: {j: {runs-on: linux, steps: [{uses: ./a}, {uses: ./a}]}}"
    (what,) = _refused(text, files)
    assert what.endswith("the action in 'a' uses itself")


def test_an_action_that_is_no_yaml() -> None:
    text = "on: push\njobs: {j: {runs-on: linux, steps: [{uses: ./a}]}}"
    for odd in ("", "[", "- x", "runs: x", "runs: {using: [composite]}"):
        assert _refused(text, {"a/action.yaml": odd}) == [
            "the action in 'a' says no `runs.using` that is known"
        ]


def test_no_more_is_said_than_anybody_reads() -> None:
    steps = ", ".join(f"{{uses: acme/tool{n}@v1}}" for n in range(5000))
    text = f"on: push\njobs: {{j: {{runs-on: linux, steps: [{steps}]}}}}"
    assert len(_refused(text, {})) == MOST


def test_with_an_engine_images_are_no_trouble() -> None:
    text = """
on: push
jobs:
  j:
    runs-on: linux
    container: python:3.13
    steps: [{uses: 'docker://alpine:3'}, {uses: ./image}]
"""
    files = {"image/action.yml": "runs: {using: docker, image: Dockerfile}"}
    workflow = read_workflow(text, "ci.yaml")
    assert not refusals(workflow, has_engine=True, online=False, read=files.get)
    assert len(refusals(workflow, has_engine=False, online=False, read=files.get)) == 3
