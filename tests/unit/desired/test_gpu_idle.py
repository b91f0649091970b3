"""The script that puts a machine to sleep, run by sh: its programs say what they are told."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from rackhouse.desired.gpu.idle import Idle

MAC = "aa:bb:cc:dd:ee:ff"
QUIET = {
    "nvidia-smi": "echo 0; echo 3",  # two cards
    "nft": "echo 'counter asked { packets 7 bytes 420 }'",
    "ss": ":",
    "loginctl": ":",
    "ethtool": 'echo "ethtool $*"',
    "systemctl": 'echo "systemctl $*"',
}
SLEEPS = ["ethtool -s eth0 wol g", "systemctl suspend"]


class Machine:
    """One whose programs are scripts; `minute` is what the timer does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("bin", "net/eth0", "net/wlan0"):
            (folder / name).mkdir(parents=True)
        (folder / "net/eth0/address").write_text(f"{MAC}\n")
        (folder / "net/wlan0/address").write_text("02:00:00:00:00:01\n")
        idle = Idle(minutes=2, mac=MAC, state=str(folder / "run"), cards=str(folder / "net"))
        (folder / "sleep").write_text(idle.text)

    def minute(self, **other: str) -> list[str]:
        """What is told to the card and to systemd within one; `nvidia_smi="exit 1"` fails."""
        programs: Mapping[str, str] = QUIET | {k.replace("_", "-"): v for k, v in other.items()}
        for name, script in programs.items():
            (self.folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
            (self.folder / "bin" / name).chmod(0o755)
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        argv = ["sh", str(self.folder / "sleep")]
        told = subprocess.run(argv, env={"PATH": path}, capture_output=True, text=True, check=False)
        self.said = told.stderr
        return [line for line in told.stdout.splitlines() if line.startswith(("eth", "systemctl"))]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_sleeps_after_so_many_quiet_minutes_and_counts_anew(machine: Machine) -> None:
    assert machine.minute() == []  # the first look at the counter
    assert machine.minute() == []
    assert machine.minute() == SLEEPS
    assert machine.minute() == []  # just woken
    assert machine.minute() == SLEEPS


@pytest.mark.parametrize(
    "use",
    [
        {"nvidia_smi": "echo 0; echo 64"},
        {"nft": "echo 'counter asked { packets 8 bytes 480 }'"},
        {"ss": "echo 0 0 10.20.30.20:22 10.20.40.10:50512"},
        {"loginctl": "echo 3 1000 ada seat0 tty2"},
        {"nvidia_smi": "echo 'No devices were found'"},  # what cannot be told counts as use
        {"nvidia_smi": "exit 9"},
        {"nft": "exit 1"},
        {"ss": "exit 1"},
        {"loginctl": "exit 1"},
    ],
    ids=lambda use: " ".join(f"{name}={script}" for name, script in use.items()),
)
def test_what_uses_it_keeps_it_awake(machine: Machine, use: dict[str, str]) -> None:
    machine.minute()
    machine.minute()
    assert machine.minute(**use) == []  # it would sleep now
    if "packets" in use.get("nft", ""):
        machine.minute()  # the counter is another one again
    assert machine.minute() == []
    assert machine.minute() == SLEEPS


def test_what_could_not_be_woken_stays_awake(machine: Machine) -> None:
    (machine.folder / "net/eth0/address").write_text("02:00:00:00:00:02\n")
    machine.minute()
    machine.minute()
    assert machine.minute(ethtool="exit 1") == []
    assert "does not arm wake-on-LAN" in machine.said
