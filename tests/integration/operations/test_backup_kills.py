"""kill -9 at any moment of a backup or a restore harms nothing, and the next one goes through."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from e2e.conftest import PROGRAM, Rack, eventually
from integration.operations.test_backup import with_passphrase

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


def _moments(home: Path) -> dict[str, Callable[[], object]]:
    states = home / "states"
    return {
        "while it is unpacked": (home / "unpacked" / "volumes").exists,
        "while the parts start": (states / "postgres.init@18.json").exists,
        "while the data is loaded": (home / "volumes" / "radicale.data" / "much5").exists,
    }
