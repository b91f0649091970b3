"""The agent must run on what a host has: Python 3.9, and python3-minimal's part of its library."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import rackhouse.targets.host.agent as package
from rackhouse.targets.host import sources

HERE = Path(package.__file__).parent
SENT = sorted(file for file in HERE.glob("*.py") if file.stem != "shapes")
# Those of Debian 12's python3-minimal that the agent has a use for; it has no json and no shutil.
MINIMAL = {
    *("__future__", "ast", "base64", "errno", "fcntl", "functools", "grp", "hashlib", "importlib"),
    *("os", "pwd", "socket", "stat", "string", "subprocess", "sys", "threading", "time"),
}


@pytest.mark.parametrize("file", SENT, ids=lambda file: file.stem)
def test_a_module_runs_on_an_old_and_small_python(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 9))
    for_the_checker = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for each in node.body
        for line in range(each.lineno, (each.end_lineno or 0) + 1)
    }
    imported = set()
    for node in ast.walk(tree):
        if getattr(node, "lineno", 0) in for_the_checker:
            continue
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    own = {name for name in imported if name.startswith(package.__name__)}
    assert {name.split(".")[0] for name in imported - own} <= MINIMAL
    assert not any(isinstance(node, ast.Match) for node in ast.walk(tree))


def test_the_program_is_framed_and_small() -> None:
    program = sources.program()
    assert int.from_bytes(program[:4], "big") == len(program) - 4
    assert len(program) < 24_000  # what each connection sends
    assert "resources" not in json.dumps(sorted(sources._modules()))
