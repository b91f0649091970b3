"""The systemd unit: whatever is in a path, systemd reads the path and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.operations import service
from rackhouse.operations.service import quoted, render, uninstall, unit_file, unit_name

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


def words_of(line: str) -> list[str]:
    """Every quoted word of a line."""
    return [unquoted(word) for word in re.findall(r'"(?:\\.|[^"\\])*"', line)]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_a_word_is_read_as_it_was_meant(word: str) -> None:
    assert unquoted(quoted(word)) == word
    assert "\n" not in quoted(f"{word}\n")


def test_the_unit_names_program_file_and_folder() -> None:
    text = render(Path(NASTY), Path(f"{NASTY}/rack.yaml"), user=True)
    start = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    around = next(line for line in text.splitlines() if line.startswith("Environment="))
    home, path = words_of(around)
    assert home == f"RACKHOUSE_HOME={NASTY}"
    assert path == f"PATH={os.environ['PATH']}"
    assert start.startswith('ExecStart=:/usr/bin/env "'), "the colon: a dollar is a dollar"
    program, option, file, command = words_of(start)
    assert (option, command) == ("--file", "up")
    assert Path(program).name == "rackhouse"
    assert file == f"{NASTY}/rack.yaml"
    assert "WantedBy=default.target" in text
    assert "WantedBy=multi-user.target" in render(Path("/x"), None, user=False)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
@pytest.mark.parametrize("folder", ["plain", "a b%h", '$HOME "x"', "back\\slash"])
def test_systemd_finds_nothing_wrong_with_it(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.sys, "executable", str(tmp_path / folder / "python"))
    text = render(tmp_path / folder, tmp_path / folder / "rack.yaml", user=True)
    assert not verified(tmp_path, text)
    said = verified(tmp_path, text.replace("/usr/bin/env", "/no/env"))
    assert "is not executable" in " ".join(said), "it does look"


def verified(folder: Path, text: str) -> list[str]:
    """What systemd has to say about a unit."""
    file = folder / "rackhouse.service"
    file.write_text(text)
    argv = ["systemd-analyze", "verify", "--man=no", str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return [line for line in done.stderr.splitlines() if "rackhouse.service" in line]


def test_it_is_put_where_the_account_has_its_units(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("/home/ada")
    root = home / ".local/state/rackhouse/home"
    monkeypatch.setattr(service.os, "geteuid", lambda: 1000)
    assert unit_file(root, home) == home / ".config/systemd/user/rackhouse.service"
    monkeypatch.setattr(service.os, "geteuid", lambda: 0)
    root = Path("/root/.local/state/rackhouse/home")
    assert unit_file(root, Path("/root")) == Path("/etc/systemd/system/rackhouse.service")


@given(st.sets(st.text(min_size=1), min_size=2, max_size=4))
def test_each_rack_of_a_machine_has_a_unit_of_its_own(names: set[str]) -> None:
    roots = {Path("/srv") / name.replace("/", "-") for name in names if "\0" not in name}
    units = {unit_name(root, Path("/home/ada")) for root in roots}
    assert len(units) == len(roots)
    assert all(re.fullmatch(r"rackhouse-[a-z0-9-]+\.service", unit) for unit in units)


def test_where_systemd_does_not_answer_its_link_starts_it_with_the_next_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container: there is a `systemctl`, and it reaches no manager. Racks share nothing."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("systemctl", "loginctl"):
        (programs / name).write_text("#!/bin/sh\necho no bus >&2\nexit 1\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    home = tmp_path / "home"
    done = service.install(tmp_path / "state", None, home)
    other = service.install(tmp_path / "other", None, home)
    link = done.file.parent / "default.target.wants" / done.file.name
    assert not done.started
    assert "next boot" in done.note
    assert link.resolve() == done.file
    assert service.install(tmp_path / "state", None, home) == done, "again is the same"
    assert uninstall(tmp_path / "state", home)
    assert list(done.file.parent.glob("*.service")) == [other.file]
    assert not link.is_symlink()
    assert not uninstall(tmp_path / "state", home)
    assert uninstall(tmp_path / "other", home)
    assert not list(done.file.parent.iterdir()), "nothing is left"


def test_systemd_is_told_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, programs = tmp_path / "log", tmp_path / "bin"
    programs.mkdir()
    for name in ("systemctl", "loginctl"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\n')
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    done = service.install(tmp_path / "state", None, tmp_path / "home")
    assert done.started
    assert uninstall(tmp_path / "state", tmp_path / "home")
    reloaded, enabled, linger, disabled, again = log.read_text().splitlines()
    assert reloaded == again == "systemctl --user daemon-reload"
    assert enabled == f"systemctl --user enable --now {done.file.name}"
    assert linger.startswith("loginctl enable-linger ")
    assert disabled == f"systemctl --user disable --now {done.file.name}"
