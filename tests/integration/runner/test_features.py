"""The rows of the conformance table that are shown by running them: by the real act."""

from __future__ import annotations

import socket
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from .stage import Stage

FILES = Path(__file__).parents[2] / "scenarios" / "workflows" / "features"
ROWS = [
    row
    for file in sorted(FILES.glob("*.yaml"))
    for row in yaml.safe_load(file.read_text())["rows"]
    if row.get("shown") == "run"
]


def _text(row: Mapping[str, Any]) -> str:
    if "file" in row:
        return str(row["file"])
    steps = textwrap.indent(row["steps"], "      ")
    return f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"


def _free_port() -> int:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        return int(there.getsockname()[1])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["feature"])
async def test_the_row_runs(row: Mapping[str, Any], tmp_path: Path) -> None:
    stage, port = Stage(root=tmp_path), str(_free_port())
    files = {"words.txt": "in the beginning\n", **row.get("files", {})}
    why = await stage.run(
        {"ci": _text(row).replace("${REDIS}", port)},
        {name: text.replace("${REDIS}", port) for name, text in files.items()},
        secrets=row.get("secrets"),
        event=row.get("event", "push"),
        given=row.get("given"),
    )
    assert why.startswith(row["fails"]) if "fails" in row else why == ""
    said = stage.text.splitlines()
    assert [line for line in row.get("prints", ()) if line not in said] == []
    assert [word for word in row.get("silent", ()) if word in stage.text] == []
    ended = {title: str(job.status) for title, job in stage.rows.items()}
    assert ended == row.get("jobs", ended)
