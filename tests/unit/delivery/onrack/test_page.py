"""The workflow file that the page shows is one: to a rack of one, and to whoever has Gitea."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from rackhouse.targets.kube.kubeconfig import read
from rackhouse.twin.kube.certificates import make
from rackhouse.twin.kube.cluster import now
from rackhouse.workflows import read_workflow, refusals
from rackhouse.workflows.evaluate import UNKNOWN, evaluate, facts
from rackhouse.workflows.expression import inside, parse, spans

PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "deliver-on-the-rack.md"
# By every shell, by Gitea's runner and GitHub's to every step, and by the rack's own runners.
GIVEN = {"HOME", "RUNNER_TEMP", "GITHUB_ENV", "GITHUB_REF_NAME", "GITHUB_REPOSITORY", "GITHUB_SHA"}
GIVEN |= {"RACKHOUSE_AUTHORITY"}
BRANCH = {"event": "push", "ref": "refs/heads/main", "default_branch": "main"}


def _file() -> str:
    (found,) = re.findall(r"```yaml\n(# \.gitea.*?)```", PAGE.read_text(), re.DOTALL)
    return str(found)


def test_every_name_is_said_somewhere() -> None:
    text = PAGE.read_text()
    blocks = "".join(re.findall(r"```(?:yaml|sh)\n(.*?)```", text, re.DOTALL))
    used = set(re.findall(r"\$([A-Za-z_]+)", blocks))
    said = set(re.findall(r"^\s*([A-Za-z_]+)(?:=|: \$\{\{ secrets\.)", blocks, re.MULTILINE))
    assert used - said == GIVEN
    secrets = set(re.findall(r"secrets\.([A-Z]+)", blocks))
    assert all(f"`{it}` is" in text for it in secrets)


def test_the_kubeconfig_is_one() -> None:
    (written,) = re.findall(r"<<END\n(.*?)END\n", PAGE.read_text(), re.DOTALL)
    authority = make(now()).authority
    encoded = base64.b64encode(authority.encode()).decode()
    for name, value in (("config view", encoded), ("create token", "abc")):
        written = re.sub(rf"\$\(kubectl {name}[^)]*\)", value, written)
    access = read(written)
    assert (access.authority, access.token.reveal()) == (authority, "abc")
    assert access.server == "https://10.20.20.11:6443"


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
