"""The socket's folder is one's own, and what the dead left is swept away."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path

import pytest

from rackhouse.services.gateway.worker.room import Room


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_for_nobody_else_and_goes_with_its_gateway(base: Path) -> None:
    room = Room()
    assert stat.S_IMODE(room.folder.stat().st_mode) == 0o700
    assert room.folder.parent == base
    room.close()
    assert not list(base.iterdir())


def test_the_rooms_of_the_dead_are_swept_and_those_of_the_living_are_not(base: Path) -> None:
    dead = base / "rackhouse-embedder-dead"
    dead.mkdir()
    (dead / "socket").touch()
    other = base / "something-else"
    other.mkdir()
    living = Room()
    living.socket.touch()
    mine = Room()
    assert not dead.exists()
    assert other.exists()
    assert living.socket.exists()
    mine.close()
    living.close()


def test_a_link_in_its_place_is_not_followed(base: Path) -> None:
    away = base / "away"
    away.mkdir()
    (away / "file").touch()
    (base / "rackhouse-embedder-link").symlink_to(away)
    Room().close()
    assert (away / "file").exists()
