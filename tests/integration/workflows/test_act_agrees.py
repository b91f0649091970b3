"""act, which runs the jobs, multiplies a matrix out into the same combinations as we say before.

In no order of its own: a job of act is known by its combination, not by the number in its name.
"""

from __future__ import annotations

import json
import subprocess
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from rackhouse.workflows import read_workflow

ACT = Path(sysconfig.get_path("scripts")) / "act"
MATRICES = {
    "product": "{os: [a, b], node: [18, 20]}",
    "documented": """
        {fruit: [apple, pear], animal: [cat, dog],
         include: [{color: green}, {color: pink, animal: cat}, {fruit: apple, shape: circle},
                   {fruit: banana}, {fruit: banana, animal: cat}]}""",
    "excluded": "{os: [a, b], v: [1, 2, 3], exclude: [{os: a}, {os: b, v: 3}]}",
    "brought-back": "{os: [a, b], exclude: [{os: a}], include: [{os: a, extra: true}]}",
    "only-include": "{include: [{site: production}, {site: staging, slow: false}]}",
    "texts-and-numbers": '{v: ["3.10", 3.9, 20, "20.0", true, "x y"]}',
    "last-include": "{os: [a], include: [{os: a, c: 1}, {os: a, c: 2}, {c: 3}]}",
}


def _as_text(combination: Mapping[str, object]) -> frozenset[tuple[str, str]]:
    texts = ((k, v if isinstance(v, str) else json.dumps(v)) for k, v in combination.items())
    return frozenset(texts)


def _expanded_by_act(lines: Iterable[str]) -> set[frozenset[tuple[str, str]]]:
    said = (json.loads(line) for line in lines if line.startswith("{"))
    return {_as_text(one["matrix"]) for one in said if one.get("jobID") == "a"}


@pytest.mark.parametrize("name", MATRICES)
def test_the_same_combinations(name: str, tmp_path: Path) -> None:
    text = (
        f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    strategy:\n"
        f"      matrix: {MATRICES[name].strip()}\n    steps: [{{run: 'true'}}]\n"
    )
    file = tmp_path / "ci.yaml"
    file.write_text(text)
    act = (str(ACT), "push", "--dryrun", "--json", "-W", str(file))
    local = ("--cache-server-addr", "127.0.0.1", "--artifact-server-addr", "127.0.0.1")
    machine = ("-P", "ubuntu-latest=-self-hosted", "--container-daemon-socket", "-")
    done = subprocess.run(
        [*act, *local, *machine],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    ours = {_as_text(one) for one in read_workflow(text, "ci.yaml").jobs[0].matrix}
    assert _expanded_by_act(done.stdout.splitlines()) == ours
