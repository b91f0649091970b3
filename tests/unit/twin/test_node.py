"""What is said of a node that ended while it started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError
from rackhouse.twin import node
from rackhouse.twin.home import Home


@pytest.mark.parametrize(
    ("log", "what", "fix"),
    [
        ("", "it said nothing", "fs.inotify.max_user_instances"),
        ("booting\nFailed to mount /\n", "Failed to mount /", "log"),
    ],
)
def test_its_last_words_and_what_to_do(tmp_path: Path, log: str, what: str, fix: str) -> None:
    home = Home(tmp_path)
    folder = home.node("pi-1")
    folder.mkdir(parents=True)
    (folder / "log").write_text(log)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(HostError) as error:
        node.wait(home, {"pi-1": ended.pid})
    assert what in str(error.value)
    assert fix in str(error.value)
