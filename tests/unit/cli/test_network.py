"""`rackhouse network`, as a person meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rackhouse.cli.main import run

RACKS = Path(__file__).parents[3] / "examples" / "racks"
HOME = ["-f", str(RACKS / "home.yaml"), "network"]


def test_show_names_ports_and_gives_advice(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*HOME, "show"]) == 0
    said = capsys.readouterr().out
    assert "8     forge        30    30 gpu" in said


def test_show_says_who_is_locked_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (RACKS / "home.yaml").read_text().splitlines()
    file = tmp_path / "rack.yaml"
    file.write_text("\n".join(line for line in lines if "to: management" not in line))
    assert run(["-f", str(file), "network", "show"]) == 0
    said = capsys.readouterr().out
    assert "add `- {from: development, to: management, ports: [ssh]}`" in said


def test_show_without_a_switch(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-f", str(RACKS / "three-servers.yaml"), "network", "show"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.split() == ["1", "home", "192.168.1.0/24", "192.168.1.254", "-"]


def test_show_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*HOME, "show", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ports"][15]["tagged"] == [10, 20, 30, 40, 50]
    assert said["gateways"]["gpu"] == "10.20.30.1"


def test_matrix_between_vlans(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*HOME, "matrix"]) == 0
    head, _, _, cluster, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[3:] == ["management", "cluster", "gpu", "development", "guests", "internet"]
    assert cluster.replace(", ", ",").split()[1:] == [
        *("-", "all", "8000,11434", "-", "-", "http,https,dns,ntp")
    ]


def test_matrix_between_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*HOME, "matrix", "--port", "11434", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {"from": "pi-1", "to": "forge", "port": "11434/tcp", "open": True} in said
    assert {"from": "forge", "to": "pi-1", "port": "11434/tcp", "open": False} in said


def test_render_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "router"
    named = ["--wan", "enp1s0", "--trunk", "enp2s0"]
    assert run([*HOME, "render", "linux-router", "--out", str(out), *named]) == 0
    said = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(said) == sorted(file for file in out.rglob("*") if file.is_file())
    assert 'oifname "enp1s0"' in (out / "etc/rackhouse/reach.nft").read_text()
    assert (out / "etc/systemd/network/20-rackhouse-enp2s0.network").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["render"], 64, "linux-router  a Linux machine as the router"),
        (["render", "routeros7"], 64, "Did you mean"),
        (["render", "nftables", "--wan", 'a" accept'], 64, "no interface's name"),
        (["matrix", "--port", "any"], 64, "'any' is no port"),
    ],
)
def test_what_is_asked_wrongly(
    words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*HOME, *words]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "words", "code", "said"),
    [
        ("one", ["matrix"], 5, "describes no VLAN"),
        ("three-servers", ["checklist"], 3, "[no-switch]"),
        ("three-servers", ["render", "linux-router"], 5, "no router"),
    ],
)
def test_a_rack_that_lacks_what_is_asked_for(
    name: str, words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-f", str(RACKS / f"{name}.yaml"), "network", *words]) == code
    assert said in capsys.readouterr().err


def test_lists_to_tick_and_the_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*HOME, "checklist", "--markdown"]) == 0
    assert "- [ ] port 8: PVID 30 (forge)" in capsys.readouterr().out
    assert run([*HOME, "internet"]) == 0
    assert "Nothing of the rack home is open" in capsys.readouterr().out
    assert run([*HOME, "cabling", "--out", str(tmp_path / "cables.svg")]) == 0
    assert (tmp_path / "cables.svg").read_text().startswith("<svg")
