"""The systemd unit: whatever is in a path, systemd reads the path and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.operations import service
from rackhouse.operations.service import quoted, render, uninstall, unit_file

NASTY = '/srv/my "racks"/100%h/$HOME/back\\slash'


def unquoted(word: str) -> str:
    """What systemd makes of a quoted word (systemd.syntax(7), systemd.unit(5) SPECIFIERS)."""
    assert word.startswith('"')
    assert word.endswith('"')
    escapes = {"n": "\n", "t": "\t"}
    inside = word[1:-1]
    assert not re.search(r'(?<!\\)(\\\\)*"', inside), "it ends early"
    read = re.sub(r"\\(.)", lambda m: escapes.get(m[1], m[1]), inside)
    assert not re.search(r"%(?!%)", read.replace("%%", "")), "a specifier"
    return read.replace("%%", "%")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_a_word_is_read_as_it_was_meant(word: str) -> None:
    assert unquoted(quoted(word)) == word
    assert "\n" not in quoted(f"{word}\n")


def test_the_unit_names_program_file_and_folder() -> None:
    text = render(Path(NASTY), Path(f"{NASTY}/rack.yaml"), user=True)
    start = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    home = next(line for line in text.splitlines() if line.startswith("Environment="))
    assert unquoted(home.partition("=")[2]) == f"RACKHOUSE_HOME={NASTY}"
    words = re.findall(r'"(?:\\.|[^"\\])*"', start)
    program, option, file, command = (unquoted(word).replace("$$", "$") for word in words)
    assert (option, command) == ("--file", "up")
    assert Path(program).name == "rackhouse"
    assert file == f"{NASTY}/rack.yaml"
    assert "WantedBy=default.target" in text
    assert "WantedBy=multi-user.target" in render(Path("/x"), None, user=False)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    file = tmp_path / "rackhouse.service"
    file.write_text(render(tmp_path / "a b%c", tmp_path / "rack.yaml", user=True))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "rackhouse.service" in line]
    assert not said, said


def test_it_is_put_where_the_account_has_its_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.os, "geteuid", lambda: 1000)
    home = Path("/home/ada")
    assert unit_file(home) == home / ".config/systemd/user/rackhouse.service"
    monkeypatch.setattr(service.os, "geteuid", lambda: 0)
    assert unit_file(Path("/root")) == Path("/etc/systemd/system/rackhouse.service")


def test_where_systemd_does_not_answer_its_link_starts_it_with_the_next_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container: there is a `systemctl`, and it reaches no manager."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("systemctl", "loginctl"):
        (programs / name).write_text("#!/bin/sh\necho no bus >&2\nexit 1\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    home = tmp_path / "home"
    done = service.install(tmp_path / "state", None, home)
    link = done.file.parent / "default.target.wants" / "rackhouse.service"
    assert not done.started
    assert "next boot" in done.note
    assert link.resolve() == done.file
    assert service.install(tmp_path / "state", None, home) == done, "again is the same"
    assert uninstall(home)
    assert not done.file.exists()
    assert not link.is_symlink()
    assert not uninstall(home)
