"""A block comes and goes without a trace, whatever the file was like."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.operations.trust.blocks import put, take

TEXTS = (
    b"",
    b"a\n",
    b"a",
    b"\n\n",
    b"a\n\n\n",
    b"\xff\xfe",
    b"a\r\n",
    b"# >>> rackhouse",
    b"# <<<",
)


def test_a_file_that_was_not_there_is_gone_again(tmp_path: Path) -> None:
    file = tmp_path / "rc"
    put(file, "trust", "export A=1")
    assert "export A=1\n" in file.read_text()
    put(file, "home", "of another rack")
    take(file, "trust")
    take(file, "home")
    assert not file.exists()
    take(file, "trust")


@pytest.mark.parametrize("text", TEXTS)
def test_a_file_is_to_the_byte_what_it_was(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "rc"
    file.write_bytes(text)
    file.chmod(0o640)
    put(file, "trust", "one")
    assert file.read_bytes().startswith(text)
    put(file, "trust", "two\nlines")
    put(file, "home", "of another rack")
    assert file.read_bytes().count(b"# >>> rackhouse trust") == 1
    take(file, "trust")
    assert b"two" not in file.read_bytes()
    assert b"of another rack" in file.read_bytes()
    take(file, "home")
    assert file.read_bytes() == text
    assert file.stat().st_mode & 0o777 == 0o640


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=20))
def test_what_is_written_after_it_stays(before: bytes, after: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rc"
        file.write_bytes(before)
        put(file, "trust", "x")
        whole = file.read_bytes() + after
        file.write_bytes(whole)
        take(file, "trust")
        left = file.read_bytes()
        unfinished = before and not before.endswith(b"\n") and after
        assert left == before + (b"\n" if unfinished else b"") + after


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real = tmp_path / "dotfiles" / "rc"
    real.write_text("mine\n")
    file = tmp_path / "rc"
    file.symlink_to("dotfiles/rc")
    put(file, "trust", "x")
    assert file.is_symlink()
    assert "x" in real.read_text()
    take(file, "trust")
    assert real.read_text() == "mine\n"


def test_what_is_so_already_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "rc"
    put(file, "trust", "x")
    before = file.stat().st_ino
    put(file, "trust", "x")
    assert file.stat().st_ino == before
