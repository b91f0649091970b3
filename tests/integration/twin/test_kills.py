"""SIGKILL at every moment of a command of the twin: `down` removes all of it, and then it works.

All moments with RACKHOUSE_THOROUGH=1 (minutes); else some, spread over the command.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.twin import killed_at
from integration.twin.conftest import assert_gone
from rackhouse.kit.process import Finished, run_sync
from rackhouse.twin.home import Home
from rackhouse.twin.lifecycle import down

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin"), pytest.mark.timeout(900)]
THOROUGH = os.environ.get("RACKHOUSE_THOROUGH") == "1"
SOME = 3
FILE = """
network:
  router: {node: gate, serves: [firewall]}
  vlans: {cluster: {id: 20, subnet: 10.20.20.0/24}, desks: {id: 40, subnet: 10.20.40.0/24}}
nodes:
  gate: {role: router, address: 10.20.40.1}
  pi-1: {role: dev, address: 10.20.20.11}
"""
DRILLS = [
    (("lose", "pi-1"), ("start", "pi-1")),
    (("cut", "pi-1"), ("mend", "pi-1")),
    (("degrade", "gate", "--rate", "10mbit", "--loss", "5"), ("mend", "gate")),
]


class Rig:
    """A twin of two machines, and commands that die."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.home = Home(folder / "home")
        self.file = folder / "rack.yaml"
        self.file.write_text(FILE)
        self.env = os.environ | {"RACKHOUSE_ROOTFS": str(root)}

    def twin(self, *words: str, moment: int = 0) -> Finished:
        program = (sys.executable, str(killed_at.__file__), str(moment))
        argv = (*program, "-f", str(self.file), "--home", str(self.home.root), "twin", *words)
        return run_sync(argv, env=self.env, timeout=60)

    def moments(self, *words: str) -> list[int]:
        """Those of a command, which is then done."""
        done = self.twin(*words)
        assert done.code in (0, 2), done.err
        last = int(done.last if done.err else 0)
        step = 1 if THOROUGH else max(1, last // SOME)
        return list(range(1, last + 1, step))

    def killed(self, *words: str, moment: int) -> None:
        done = self.twin(*words, moment=moment)
        assert done.code in (-signal.SIGKILL, 0), done.err  # 0: it did fewer things this time

    def down(self) -> None:
        names = self.home.namespaces()
        down(self.home)
        assert_gone(self.home, names)


@pytest.fixture
def rig(root: Path, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path, root)
    yield rig
    rig.down()


def test_whatever_up_had_made_is_removed(rig: Rig) -> None:
    moments = rig.moments("up")
    rig.down()
    for moment in moments:
        rig.killed("up", moment=moment)
        rig.down()
    assert rig.twin("up").code == 0


def test_a_down_that_was_killed_is_done_by_the_next(rig: Rig) -> None:
    assert rig.twin("up").code == 0
    for moment in rig.moments("down"):
        assert rig.twin("up").code == 0
        rig.killed("down", moment=moment)
        rig.down()


@pytest.mark.parametrize(("drill", "undo"), DRILLS if THOROUGH else DRILLS[:1])
def test_a_drill_that_was_killed_is_undone_and_so_is_its_undoing(
    rig: Rig, drill: tuple[str, ...], undo: tuple[str, ...]
) -> None:
    assert rig.twin("up").code == 0
    drills, undoings = rig.moments(*drill), rig.moments(*undo)
    for moment in drills:
        rig.killed(*drill, moment=moment)
        rig.twin(*undo)  # refused where there is nothing to undo
        assert rig.twin("status").code == 0
    for moment in undoings:
        assert rig.twin(*drill).code == 0
        rig.killed(*undo, moment=moment)
        rig.twin(*undo)
        assert rig.twin("status").code == 0
