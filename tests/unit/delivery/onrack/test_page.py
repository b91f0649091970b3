"""The workflow file that the page shows is one: to a rack of one, and to whoever has Gitea."""

from __future__ import annotations

import re
from pathlib import Path

from rackhouse.workflows import read_workflow, refusals
from rackhouse.workflows.evaluate import UNKNOWN, evaluate, facts
from rackhouse.workflows.expression import inside, parse, spans

PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "deliver-on-the-rack.md"
BRANCH = {"event": "push", "ref": "refs/heads/main", "default_branch": "main"}


def _file() -> str:
    (found,) = re.findall(r"```yaml\n(# \.gitea.*?)```", PAGE.read_text(), re.DOTALL)
    return str(found)


def test_a_rack_of_one_runs_it_and_passes_over_the_release() -> None:
    workflow = read_workflow(_file(), ".gitea/workflows/live.yaml")
    known = facts(**BRANCH, repository="hello")
    wrong = refusals(workflow, has_engine=False, online=False, known=known, read=lambda _: None)
    assert not wrong


def test_on_gitea_the_release_comes_after_the_test() -> None:
    text = _file()
    workflow = read_workflow(text, ".gitea/workflows/live.yaml")
    (release,) = [it for it in workflow.jobs if it.name == "release"]
    assert release.needs == ("test",)
    condition = next(line for line in text.splitlines() if line.strip().startswith("if:"))
    (span,) = spans(condition)
    known = facts(**BRANCH, repository="home/hello")
    assert evaluate(parse(inside(condition, span)), known) not in {False, UNKNOWN}
