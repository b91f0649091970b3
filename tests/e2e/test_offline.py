"""The whole path from push to live with the Internet cut: in a network of its own, with `lo` alone.

The tests of a push are run there once more, whole, by a pytest of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rackhouse.delivery.runner import isolation

INSIDE = """
import fcntl, os, socket, struct, sys
with socket.socket() as there:
    fcntl.ioctl(there, 0x8914, struct.pack("16sH14x", b"lo", 0x49))  # SIOCSIFFLAGS: up, running
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError as error:
    assert error.errno == 101, error  # the network is unreachable
words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *sys.argv[1:]]
os.execv(sys.executable, [sys.executable, *words])
"""


@pytest.mark.slow
@pytest.mark.skipif(not isolation().pid_namespace, reason="this kernel gives no namespaces")
def test_push_to_live_without_a_network(tmp_path: Path) -> None:
    tests = Path(__file__).with_name("test_push.py")
    wanted = "test_push_change_break_mend or workflow_says or test_preview or repository"
    base = ("--basetemp", str(tmp_path / "inner"), "-k", wanted, str(tests))
    argv = ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", INSIDE, *base]
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        argv,
        env=env,
        cwd=tests.parents[2],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
