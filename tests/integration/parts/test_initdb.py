"""The first start of PostgreSQL: whole or not at all, and never over another version's data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from integration.parts.starter import tools
from rackhouse.kit.process import unprivileged

TOOLS = tools()
MAJOR = TOOLS.version("postgres").partition(".")[0]


def begin(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "rackhouse.targets.embedded.initdb"]
    argv: Sequence[str] = unprivileged(
        [*command, TOOLS.postgres_bin, str(folder), MAJOR, "rackhouse"]
    )
    return subprocess.Popen(
        argv,
        env={**os.environ, "RACKHOUSE_PASSWORD": "n0t-told"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run(folder: Path) -> tuple[int, str]:
    with begin(folder) as process:
        words, _ = process.communicate(timeout=60)
    return process.returncode, words


def test_a_cluster_is_made_once_and_left_alone_afterwards(tmp_path: Path) -> None:
    assert run(tmp_path) == (0, "")
    made = (tmp_path / MAJOR / "global" / "pg_control").stat()
    assert run(tmp_path) == (0, "")
    assert (tmp_path / MAJOR / "global" / "pg_control").stat() == made
    assert [each.name for each in tmp_path.iterdir()] == [MAJOR]
    rules = (tmp_path / MAJOR / "pg_hba.conf").read_text().splitlines()
    assert {rule.split()[-1] for rule in rules if rule and rule[0] != "#"} == {"scram-sha-256"}


@pytest.mark.parametrize("moment", [0.02, 0.1, 0.2, 0.3])
def test_killed_in_the_middle_it_is_whole_after_the_next_run(tmp_path: Path, moment: float) -> None:
    process = begin(tmp_path)
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert run(tmp_path) == (0, "")
    assert [each.name for each in tmp_path.iterdir()] == [MAJOR]
    assert (tmp_path / MAJOR / "PG_VERSION").read_text() == f"{MAJOR}\n"


@pytest.mark.parametrize("other", ["17", "99"])
def test_data_of_another_version_is_refused_and_not_touched(tmp_path: Path, other: str) -> None:
    (tmp_path / other).mkdir()
    (tmp_path / other / "PG_VERSION").write_text(f"{other}\n")
    code, words = run(tmp_path)
    assert code == 4
    assert f"data of PostgreSQL {other}, and this Rackhouse brings {MAJOR}" in words
    assert "fix:" in words
    assert [each.name for each in tmp_path.iterdir()] == [other]


def test_a_full_or_closed_disk_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("not a folder")
    code, words = run(folder)
    assert code == 7
    assert "Traceback" not in words
    assert "n0t-told" not in words
