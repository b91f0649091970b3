"""A disk that fills up while a push is released: the old release serves on, and the push says why.

The rack is on a small disk of its own, in a mount namespace that ends with it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.test_push import BARE

pytestmark = [pytest.mark.xdist_group("disk"), pytest.mark.slow]
SCRIPT = 'mount -t tmpfs -o "$1" none "$3" && shift && exec "$0" "$@"'
DRIVER = Path(__file__).with_name("full_disk.py")


@pytest.mark.parametrize(
    ("kind", "options"), [("bytes", "size=640m"), ("files", "size=2g,nr_inodes=8000")]
)
def test_the_old_serves_on_and_the_next_push_is_live(
    tmp_path: Path, kind: str, options: str
) -> None:
    home, file = tmp_path / "home", tmp_path / "rack.yaml"
    home.mkdir(mode=0o700)
    file.write_text(BARE)
    paths = [str(DRIVER), str(home), str(file), str(tmp_path / "work"), kind]
    done = subprocess.run(
        [*namespace(), "sh", "-c", SCRIPT, sys.executable, options, *paths],
        env={**os.environ, "PYTHONPATH": str(DRIVER.parents[1])},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["seen"] == ["hello one", "hello one", "hello three"]
    assert told["statuses"] == ["passed", "failed", "passed"]
    assert "full" in told["said"] or "no space left" in told["said"]
    assert "fix: free some space on that disk" in told["said"]
    assert "; work r1 serves on" in told["said"]
    assert "LIVE: work" in told["last"]


def namespace() -> list[str]:
    words = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if not shutil.which("unshare") or subprocess.run([*words, "true"], check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk of a test's own")
    return words
