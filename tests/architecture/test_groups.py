"""Tests that share what is expensive run in one worker, as `make test` starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parents[1]
CONFTEST = "from lanes.groups import pytest_collection_modifyitems, pytest_runtest_logreport\n"
MARKED = """
import os, time
import pytest

pytestmark = pytest.mark.xdist_group("one")


@pytest.mark.parametrize("each", range(4))
def test_it(each):
    time.sleep(0.05)
    with open("log", "a") as log:
        print("{group}", os.getpid(), file=log)
"""
SHARED = """
import os, time
import pytest


@pytest.fixture(scope="module")
def made():
    return os.getpid()


@pytest.mark.parametrize("each", ["a", "b", "c@d", "e"])
def test_it(each, made):
    time.sleep(0.05)
    with open("log", "a") as log:
        print("shared", made, file=log)
    assert each != "e"
"""
ALONE = """
import time
import pytest


@pytest.mark.parametrize("each", range(8))
def test_it(each):
    time.sleep(0.05)
"""


def test_a_group_and_a_files_own_run_in_one_worker_and_keep_their_names(tmp_path: Path) -> None:
    files = {"conftest": CONFTEST, "test_shared": SHARED, "test_alone": ALONE}
    for at in range(2):
        files[f"test_marked{at}"] = MARKED.replace("{group}", "marked")
    for name, content in files.items():
        (tmp_path / f"{name}.py").write_text(content)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {TESTS}\n")
    words = ["-q", "-n", "2", "--dist", "loadgroup", "-p", "no:asyncio"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "1 failed, 19 passed" in done.stdout, done.stdout + done.stderr
    workers: dict[str, list[str]] = defaultdict(list)
    for line in (tmp_path / "log").read_text().splitlines():
        group, worker = line.split()
        workers[group].append(worker)
    assert {group: (len(all_), len(set(all_))) for group, all_ in workers.items()} == {
        "marked": (8, 1),
        "shared": (4, 1),
    }
    failed = json.loads((tmp_path / ".pytest_cache/v/cache/lastfailed").read_text())
    assert failed == {"test_shared.py::test_it[e]": True}
