"""The folder that a restore fills is empty before, and empty again when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.kit.errors import Locked, Refused
from rackhouse.operations.backup.place import filling, is_half_filled


def _fill_and_fail(root: Path) -> None:
    with filling(root, "restore", 0):
        (root / "half").mkdir()
        (root / "half" / "made").touch()
        (root / "link").symlink_to(root.parent)
        assert is_half_filled(root)
        raise ZeroDivisionError


@pytest.mark.parametrize("there", [True, False])
def test_what_fails_leaves_it_as_it_was(there: bool, tmp_path: Path) -> None:
    root = tmp_path / "home"
    if there:
        root.mkdir()
    with pytest.raises(ZeroDivisionError):
        _fill_and_fail(root)
    assert root.exists() is there
    assert not there or not list(root.iterdir())
    assert tmp_path.exists()


def test_what_is_filled_stays(tmp_path: Path) -> None:
    with filling(tmp_path / "home", "restore", 0) as paths:
        paths.store.touch()
    assert [f.name for f in (tmp_path / "home").iterdir()] == ["store.db"]
    assert not is_half_filled(tmp_path / "home")


def test_what_a_killed_one_left_is_cleared_away(tmp_path: Path) -> None:
    root = tmp_path / "home"
    root.mkdir()
    (root / "restore.lock").write_text("")
    (root / "store.db").write_text("half")
    with filling(root, "restore", 0):
        assert [f.name for f in root.iterdir()] == ["restore.lock"]
        (root / "store.db").write_text("whole")
    assert (root / "store.db").read_text() == "whole"


def test_two_do_not_fill_one_folder(tmp_path: Path) -> None:
    root = tmp_path / "home"
    with filling(root, "restore a.backup", 0):
        (root / "begun").touch()
        with pytest.raises(Locked, match="restore a"), filling(root, "restore", 0):
            pass
        assert (root / "begun").exists()


def test_what_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(Refused, match="not empty"), filling(tmp_path, "restore", 0):
        pass
    assert [f.name for f in tmp_path.iterdir()] == ["mine"]
