"""What an ordinary account owns, and what it is told where a machine gives it too little."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.errors import HostError
from rackhouse.twin.allowed import Owned, Range, range_of, require

US = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One on which everything is allowed: `etc` and `sys` below it are its files."""
    for name in ("etc", "sys/user", "sys/kernel", "bin"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("subuid", "subgid"):
        (tmp_path / "etc" / name).write_text(f"other:100000:65536\n{US}:165536:65536\n")
    for name in ("newuidmap", "unshare"):
        program(tmp_path, name, "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path


def program(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def asked(machine: Path) -> Owned:
    return require(machine / "etc", machine / "sys")


def test_what_is_ours_is_found(machine: Path) -> None:
    ours = Range(165536, 65536)
    assert asked(machine) == Owned(ours, ours)


def test_an_account_that_owns_nothing_is_told_a_range_that_nobody_has(machine: Path) -> None:
    (machine / "etc" / "subgid").write_text("other:100000:65536\n")
    with pytest.raises(HostError, match=f"{US} owns no 65536 accounts") as caught:
        asked(machine)
    assert "--add-subuids 231072-296607 --add-subgids 231072-296607" in caught.value.fix
    assert "sudo rackhouse twin up" in caught.value.fix


@pytest.mark.parametrize(
    ("setting", "value", "fix"),
    [
        ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "_unprivileged_userns=0"),
    ],
)
def test_a_setting_that_forbids_it_is_named(
    machine: Path, setting: str, value: str, fix: str
) -> None:
    (machine / "sys" / setting).write_text(f"{value}\n")
    assert asked(machine)  # it is tried, whatever a setting says
    program(machine, "unshare", "exit 1")
    with pytest.raises(HostError, match=setting.replace("/", ".")) as caught:
        asked(machine)
    assert fix in caught.value.fix


def test_a_refusal_that_no_setting_explains_is_passed_on(machine: Path) -> None:
    program(machine, "unshare", "echo unshare failed: Operation not permitted; exit 1")
    with pytest.raises(HostError, match="Operation not permitted"):
        asked(machine)


def test_without_its_program_the_package_is_named(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(machine))
    with pytest.raises(HostError, match="newuidmap") as caught:
        asked(machine)
    assert "apt install uidmap" in caught.value.fix


@given(st.text())
def test_whatever_the_file_says_an_answer_is_enough_and_from_a_line_of_ours(text: str) -> None:
    found = range_of(text, ("ada", "1000"))
    assert found is None or found.count == 65536


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("ada:100000:65536", 100000),
        ("1000:200000:131072", 200000),
        ("ada:100000:1000", None),
        ("adam:100000:65536", None),
        ("ada:x:65536", None),
        ("ada", None),
    ],
)
def test_a_line_counts_by_name_or_number_if_it_is_enough(line: str, first: int | None) -> None:
    found = range_of(f"# of useradd\n{line}\n", ("ada", "1000"))
    assert (found.first if found else None) == first
