"""What status says to a person before the first up, after the rack file was changed, and after an
apply was killed; and that `up` brings each of them to its end.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from e2e.conftest import PROGRAM, Rack, eventually

pytestmark = pytest.mark.xdist_group("rack")

RACK = "rack: test\ndata: {postgres: none, cache: none, objects: none}\napplications:\n"
NEVER = """
apiVersion: score.dev/v1b1
metadata: {name: brew}
containers:
  web: {image: ., command: [python3, -c, "import time; time.sleep(3600)"]}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""


@pytest.fixture
def rack(fresh: Callable[..., Rack]) -> Rack:
    """With one page in its file, and beside it an application that never becomes ready."""
    rack = fresh()
    for name, file, text in (("page", "index.html", "hello"), ("brew", "score.yaml", NEVER)):
        (rack.file.parent / name).mkdir()
        (rack.file.parent / name / file).write_text(text)
    (rack.file.parent / "brew" / "main.py").write_text("")
    rack.file.write_text(f"{RACK}  page: {{folder: page}}\n")
    return rack


def test_status_says_what_is_still_to_be_done(rack: Rack) -> None:
    shown = rack.run("status", code=2).stdout
    assert "page: not deployed yet: run `rackhouse up`" in shown
    assert not rack.home.exists(), "to look makes nothing"
    rack.run("up", "--detach")
    assert "rackhouse up" not in rack.run("status").stdout

    rack.file.write_text(f"{RACK}  page: {{folder: page, hosts: [www.rack.localhost]}}\n")
    assert "the rack file has changed since it was last applied" in rack.run("status").stdout
    rack.run("up", "--detach")
    assert rack.status()["hints"] == []

    deploy = subprocess.Popen(
        [PROGRAM, "deploy", "brew"],
        env=rack.environment(),
        cwd=rack.file.parent,
        stderr=subprocess.DEVNULL,
    )
    eventually(lambda: rack.status()["last_apply"]["what"] == "deploy brew r1")
    assert rack.status()["hints"] == [], "it is under way"
    assert "deploy brew r1  (" in (going := rack.run("journal", "-n", "1").stdout)
    assert "is under way" in going
    os.kill(deploy.pid, signal.SIGKILL)
    deploy.wait()
    shown = rack.run("status").stdout  # and what serves is ready all the same
    assert "an apply was interrupted at" in shown
    assert "(deploy brew r1): run `rackhouse up`" in shown
    assert "was interrupted" in rack.run("journal", "-n", "1").stdout
    rack.run("up", "--detach")
    assert rack.status()["hints"] == []
