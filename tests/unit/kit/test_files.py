"""Files are private, and whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from rackhouse.kit import files
from rackhouse.kit.errors import HostError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_writes_what_it_was_given_and_only_for_us(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / "a", "grüße")
    files.write_atomic(tmp_path / "b", b"\x00\xff", mode=0o644)
    assert (tmp_path / "a").read_text("utf-8") == "grüße"
    assert (tmp_path / "b").read_bytes() == b"\x00\xff"
    assert (mode(tmp_path / "a"), mode(tmp_path / "b")) == (0o600, 0o644)


def test_the_mode_is_not_bent_by_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        files.write_atomic(tmp_path / "a", "x", mode=0o640)
    finally:
        os.umask(before)
    assert mode(tmp_path / "a") == 0o640


@pytest.mark.parametrize("sync", [True, False])
def test_a_failed_write_leaves_the_old_content_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sync: bool
) -> None:
    path = tmp_path / "a"
    files.write_atomic(path, "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(HostError, match="no space left") as caught:
        files.write_atomic(path, "new", sync=sync)
    assert "free some space" in caught.value.fix
    assert caught.value.where == str(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has /dev/full, others do not")
def test_a_disk_that_is_really_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open
    monkeypatch.setattr(os, "fchmod", lambda *_: None)
    monkeypatch.setattr(os, "open", lambda path, *_: opened("/dev/full", os.O_WRONLY))
    with pytest.raises(HostError, match="no space left"):
        files.write_atomic(tmp_path / "a", "x")


def test_a_folder_that_is_not_there_is_an_error_with_a_fix(tmp_path: Path) -> None:
    with pytest.raises(HostError) as caught:
        files.write_atomic(tmp_path / "no" / "a", "x")
    assert caught.value.fix


def test_folders_are_private_and_so_are_the_parents_it_makes(tmp_path: Path) -> None:
    files.make_folder(tmp_path / "a" / "b")
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700


def test_a_folder_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)
    (tmp_path / "a").chmod(0o755)
    files.make_folder(tmp_path / "a")
    assert mode(tmp_path / "a") == 0o755


def test_a_file_in_the_way_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    for path in (tmp_path / "a", tmp_path / "a" / "b"):
        with pytest.raises(HostError, match=r"exists|not a directory") as caught:
            files.make_folder(path)
        assert "move it away" in caught.value.fix


def test_reads_text_or_answers_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("ä", "utf-8")
    assert files.read_text(tmp_path / "a") == "ä"
    assert files.read_text(tmp_path / "b") is None


def test_what_cannot_be_read_is_an_error_of_the_host(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff")
    with pytest.raises(HostError, match="UTF-8"):
        files.read_text(tmp_path / "a")
    with pytest.raises(HostError, match="directory"):
        files.read_text(tmp_path)
