"""What each measured fact means, and that measuring measures."""

from __future__ import annotations

import dataclasses
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rackhouse.operations.doctor.judge import judge
from rackhouse.operations.doctor.measure import Facts, measure
from rackhouse.rack.verdict import Severity
from rackhouse.resources.vault import Authority
from rackhouse.targets.vault.certificates import authority

FINE = Facts(
    python=(3, 11),
    fsync_p99=0.002,
    cannot_write="",
    disk_free=50_000_000_000,
    memory_available=4_000_000_000,
    page_size=4096,
    open_files=65536,
    free_ports=64,
    clock_synchronised=True,
    clock_year=2026,
    cgroup_controllers=("cpu", "memory"),
    user_namespaces=True,
    root=False,
    git=True,
    node=True,
    container_engine="podman",
    certificates={"authority.pem": 3000.0, "routes/_tls.toml": 200.0},
)
CASES: list[tuple[dict[str, Any], str, Severity, str]] = [
    ({"python": (3, 9)}, "python", Severity.ERROR, "install Python 3.11"),
    ({"fsync_p99": 0.05}, "fsync-p99", Severity.WARNING, "SSD"),
    ({"fsync_p99": 0.5}, "fsync-p99", Severity.ERROR, "SSD"),
    (
        {"fsync_p99": None, "cannot_write": "no space left on device"},
        "fsync-p99",
        Severity.ERROR,
        "free some space",
    ),
    ({"disk_free": 2_000_000_000}, "disk", Severity.WARNING, "free some space"),
    ({"disk_free": 5_000_000}, "disk", Severity.ERROR, "free some space"),
    ({"memory_available": 700_000_000}, "memory", Severity.WARNING, "add memory"),
    ({"memory_available": 100_000_000}, "memory", Severity.ERROR, "add memory"),
    ({"memory_available": None}, "memory", Severity.WARNING, "600 MB"),
    ({"page_size": 16384}, "page-size", Severity.WARNING, "kernel8.img"),
    ({"open_files": 1024}, "open-files", Severity.WARNING, "ulimit"),
    ({"free_ports": 10}, "free-ports", Severity.ERROR, "ss -ltnp"),
    ({"clock_year": 1970}, "clock", Severity.ERROR, "set the time"),
    ({"clock_synchronised": False}, "clock", Severity.WARNING, "set-ntp"),
    ({"cgroup_controllers": ("cpu",)}, "cgroups", Severity.WARNING, "cgroup_enable=memory"),
    ({"cgroup_controllers": None}, "cgroups", Severity.WARNING, "cmdline.txt"),
    ({"root": True, "user_namespaces": False}, "identity", Severity.ERROR, "ordinary user"),
    ({"git": False}, "tools", Severity.WARNING, "apt install git"),
    ({"certificates": {"a.pem": 9.0}}, "certificates", Severity.WARNING, "rackhouse up"),
    ({"certificates": {"a.pem": -1.0}}, "certificates", Severity.ERROR, "rackhouse up"),
    ({"node": False}, "tools", Severity.WARNING, "nodejs"),
]


def test_a_machine_that_lacks_nothing_needs_nothing() -> None:
    found = judge(FINE)
    assert {each.severity for each in found} == {Severity.GOOD}
    assert not any(each.fix for each in found)
    assert {each.severity for each in judge(dataclasses.replace(FINE, root=True))} == {
        Severity.GOOD
    }


@pytest.mark.parametrize(("change", "name", "severity", "fix"), CASES)
def test_what_it_lacks_is_said_with_its_fix(
    change: dict[str, Any], name: str, severity: Severity, fix: str
) -> None:
    found = {each.rule: each for each in judge(dataclasses.replace(FINE, **change))}
    assert found[name].severity is severity
    assert fix in found[name].fix
    others = [each for each in found.values() if each.rule != name]
    assert {each.severity for each in others} == {Severity.GOOD}


def test_measuring_measures_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    facts = measure(folder)
    assert facts.fsync_p99 is not None
    assert 0 < facts.fsync_p99 < 30
    assert facts.free_ports > 0
    assert facts.disk_free > 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list(folder.iterdir())


def test_certificates_are_read_where_they_lie(tmp_path: Path) -> None:
    made = authority(Authority("test"), datetime.now(UTC))
    (tmp_path / "routes").mkdir()
    (tmp_path / "authority.pem").write_text(made["certificate"])
    tls = f"certFile = '''{made['certificate']}'''\nkeyFile = '''{made['key']}'''\n"
    (tmp_path / "routes" / "_tls.toml").write_text(tls)
    (tmp_path / "noise.pem").write_text("no certificate")
    found = measure(tmp_path).certificates
    assert found.keys() == {"authority.pem", "routes/_tls.toml"}
    assert all(3600 < left < 3660 for left in found.values())
    none = judge(dataclasses.replace(FINE, certificates={}))
    assert {each.what for each in none if each.rule == "certificates"} == {"none yet"}


def test_a_folder_that_cannot_be_made_is_an_answer_too(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    facts = measure(tmp_path / "file" / "state")
    assert facts.fsync_p99 is None
    assert facts.cannot_write == "not a directory"
    assert facts.disk_free > 0


@pytest.mark.parametrize(("said", "means"), [("yes", True), ("no", False), ("", None)])
def test_the_clock_is_as_the_system_says(
    said: str, means: bool | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "timedatectl"
    program.write_text(f"#!/bin/sh\necho {said}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert measure(tmp_path / "state").clock_synchronised is means


def test_a_disk_that_takes_nothing_is_an_answer_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/dev/full answers each write as a full disk does."""
    opened = os.open

    def full(path: Any, flags: int, mode: int = 0o777) -> int:
        return opened("/dev/full" if Path(path).name == ".doctor-fsync" else path, flags, mode)

    monkeypatch.setattr(os, "open", full)
    facts = measure(tmp_path)
    assert facts.fsync_p99 is None
    assert facts.cannot_write == "no space left on device"
