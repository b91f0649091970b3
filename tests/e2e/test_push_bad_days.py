"""Bad days of a push that has arrived: its branch goes, its history changes, its worker is killed.

Each stands still at a known place: what it runs calls a gate and waits until that is opened.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from e2e.conftest import eventually
from e2e.test_push import TEST, Desk, desk, greeting, pid_of, rack, runs, served, statuses

__all__ = ["desk", "rack"]
pytestmark = [pytest.mark.xdist_group("disk"), pytest.mark.slow]


@dataclass
class Gate:
    """A door that programs stand at. Once it is gone they pass."""

    door: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def words(self) -> str:
        """Python that stands here until the gate is opened, or is no more."""
        port = self.door.getsockname()[1]
        return (
            "import contextlib, socket\nwith contextlib.suppress(OSError):\n"
            f"    socket.create_connection(('127.0.0.1', {port})).recv(1)\n"
        )

    def reached(self) -> socket.socket:
        """The next who came; whoever holds this holds them."""
        self.door.settimeout(100)
        return self.door.accept()[0]


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.door.close()


def start(desk: Desk, branch: str = "main") -> subprocess.Popen[bytes]:
    """Push what there is, and do not wait for its end."""
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "it stands still")
    return subprocess.Popen(["git", "push", "--quiet", "rack", f"HEAD:{branch}"], cwd=desk.folder)


def test_a_branch_that_is_deleted_while_it_runs_and_comes_back(desk: Desk, gate: Gate) -> None:
    """What was under way is not released; the same commit again is a push like any other."""
    name = desk.folder.name
    desk.push("one")
    desk.write(test_words__py=f"{gate.words}\n{TEST}")
    push = start(desk, "blue")
    with gate.reached():
        desk.git("push", "--quiet", "rack", ":blue")
        eventually(lambda: statuses(desk)[0] == "cancelled", timeout=60)
    assert push.wait(60) == 0
    assert [app["name"] for app in desk.rack.status()["applications"] if name in app["name"]] == [
        name
    ]
    push = subprocess.Popen(["git", "push", "--quiet", "rack", "HEAD:blue"], cwd=desk.folder)
    gate.reached().close()
    assert push.wait(100) == 0
    assert statuses(desk)[0] == "passed"
    assert served(desk, f"blue--{name}") == "hello one"


def test_a_force_push_is_live(desk: Desk) -> None:
    """Also where the commit before is no more of any branch, and to what was live before."""
    desk.push("one")
    desk.push("two", **greeting("hello two"))
    desk.write(**greeting("hello three"))
    desk.git("commit", "--quiet", "--all", "--amend", "-m", "instead of two")
    assert "LIVE: " in desk.git("push", "--force", "rack", "HEAD:main")
    assert served(desk) == "hello three"
    assert "LIVE: " in desk.git("push", "--force", "rack", "HEAD~1:main")
    assert served(desk) == "hello one"


@pytest.mark.parametrize(
    ("phase", "who", "attempts"),
    [("migration", "worker", 2), ("start", "worker", 2), ("start", "supervisor", 1)],
)
def test_a_kill_while_it_releases(
    desk: Desk, gate: Gate, phase: str, who: str, attempts: int
) -> None:
    """The old release serves meanwhile; a run that was cut begins anew; the new one is live."""
    desk.push("one")
    program = (desk.folder / "server.py").read_text()
    desk.write(gate__py=gate.words)
    if phase == "migration":
        desk.write(Procfile="web: python server.py\nrelease: python gate.py\n")
    else:
        desk.write(server__py=f"import gate\n{program}")
    desk.write(**greeting("hello two"))
    push = start(desk)
    with gate.reached():
        door = desk.rack.plain(desk.folder.name)
        os.kill(pid_of(desk, who), signal.SIGKILL)
        assert httpx.get(door).text == "hello one"
    gate.door.close()
    eventually(lambda: served(desk) == "hello two", timeout=120)
    eventually(lambda: statuses(desk)[0] == "passed", timeout=60)
    assert runs(desk)[0]["attempt"] == attempts
    push.wait(60)
