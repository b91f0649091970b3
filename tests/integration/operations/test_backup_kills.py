"""kill -9 at any moment of a backup or a restore harms nothing, and the next one goes through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from e2e.conftest import PROGRAM, Rack, eventually
from integration.operations.test_backup import run, with_passphrase

pytestmark = pytest.mark.xdist_group("operations")


def killed_when(rack: Rack, *argv: str, moment: Callable[[], object]) -> None:
    """Start the command, and kill it as soon as `moment` answers something true."""
    with subprocess.Popen(
        [PROGRAM, *argv], env=rack.environment(), stdout=-3, stderr=-3, cwd=rack.home.parent
    ) as process:
        try:
            eventually(lambda: process.poll() is not None or moment(), 60)
            assert process.poll() is None, "it ended before it could be killed"
        finally:
            process.send_signal(signal.SIGKILL)


@pytest.fixture(scope="module")
def much(lived_in: Rack) -> Rack:
    """Enough to be busy for a while."""
    for n in range(6):
        (lived_in.home / "volumes" / "radicale.data" / f"much{n}").write_bytes(os.urandom(8 << 20))
    httpx.post(lived_in.plain("guestbook") + "/", data={"name": "Ada", "message": "Before"})
    return lived_in


@pytest.fixture(scope="module")
def backup(much: Rack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    much.run("backup", *with_passphrase(folder), str(folder / "rack.backup"))
    return folder / "rack.backup"


def test_a_killed_backup_leaves_no_file_at_the_name(much: Rack, tmp_path: Path) -> None:
    file, words = tmp_path / "rack.backup", with_passphrase(tmp_path)
    draft = tmp_path / ".rack.backup.tmp"
    for size in (1, 10 << 20):
        moment = lambda size=size: draft.exists() and draft.stat().st_size > size  # noqa: E731
        killed_when(much, "backup", *words, str(file), moment=moment)
        assert not file.exists()
    assert much.status()["ready"]
    much.run("backup", *words, str(file))
    assert file.stat().st_size > 40_000_000
    assert not draft.exists()
    assert not list(much.home.glob(".backup-*")), "what the killed ones left is swept"


# Restores, and dies at one moment of it: after that function, or after so many parts were loaded.
VICTIM = """
import os, signal, sys
from rackhouse.cli.main import main
from rackhouse.operations.backup import restore

def dies(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def dying(real):
    return lambda *words, **named: (real(*words, **named), dies())

async def contents(house, world):
    found = await real_contents(house, world)
    kind = type(list(found.values())[int(where)])
    kind.load = dying(kind.load)
    return found

where, *argv = sys.argv[1:]
if where.isdecimal():
    real_contents, restore.contents = restore.contents, contents
else:
    setattr(restore, where, dying(getattr(restore, where)))
sys.argv = ["rackhouse", *argv]
main()
"""
MOMENTS = ("_place", "start", "0", "2")  # unpacked; parts starting; some and more of it loaded


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_restore_is_begun_anew(
    moment: str, backup: Path, second: Callable[[Path], Rack], tmp_path: Path
) -> None:
    new = second(tmp_path / "home")
    argv = ["restore", *with_passphrase(tmp_path), str(backup)]
    victim = [sys.executable, "-c", VICTIM, moment, "--home", str(new.home), *argv]
    died = subprocess.run(victim, cwd=tmp_path, capture_output=True, check=False, timeout=170)
    assert died.returncode == -signal.SIGKILL, died.stderr
    said = run(new.home, "up", "--detach")
    assert said.returncode == 4, "half a rack is not brought up"
    assert "rackhouse restore" in said.stderr
    done = run(new.home, *argv)
    assert done.returncode == 0, done.stderr
    assert " 0 differ" in done.stdout
    assert "Before" in httpx.get(new.plain("guestbook") + "/").text
    assert not (new.home / "restore.lock").exists()
