"""How `doctor NODE...` looks: legible with many machines, and nothing said twice."""

from __future__ import annotations

import pytest

from rackhouse.cli.examination import _print
from rackhouse.cli.measured import lines, table
from rackhouse.desired.k3s.facts import HostFacts
from rackhouse.kit.errors import Unavailable
from rackhouse.operations.hosts.health import Answer, Examined, Health, Line
from rackhouse.rack.verdict import Finding, Severity

PI = Examined(
    facts=HostFacts(
        os="debian",
        os_version="13",
        kernel="6.12.47+rpt-rpi-2712",
        model="Raspberry Pi 5 Model B Rev 1.0",
        arch="arm64",
        cpus=4,
        memory=8 * 2**30,
        disk="nvme",
        fsync_ms=1.23,
        page_size=16384,
        clock_offset=0.0012,
        addresses={"eth0": ("192.168.100.111",), "lo": ("127.0.0.1",)},
    ),
    health=Health(
        temperature=52.4,
        throttled=0x50005,
        worn={"nvme0n1": 3},
        certificates={"a": 290.2, "b": 12.9},
        mtus={"eth0": 1500, "flannel.1": 1450},
        names=(Answer(name="a", server="s", addresses=("1.2.3.4",), ms=1.4),),
    ),
)
NODES = {f"pi-{number}": PI for number in range(1, 9)}


@pytest.mark.parametrize("columns", [60, 100, 160, 240])
def test_eight_machines_fit_a_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = list(table(NODES))
    assert max(map(len, rows)) <= columns
    heads = [row.split() for row in rows if row.lstrip().startswith("pi-")]
    assert [name for head in heads for name in head] == list(NODES)


def test_each_fact_is_a_row() -> None:
    rows = {row[:11].strip(): row[11:].strip() for row in table({"pi-1": PI})}
    assert rows == {
        "": "pi-1",
        "address": "192.168.100.111",
        "system": "debian 13",
        "kernel": "6.12.47",
        "board": "Pi 5 Model B",
        "arch": "arm64",
        "size": "4 x 8.0Gi",
        "disk p99": "nvme 1.2 ms",
        "worn": "3 %",
        "pages": "16 KiB",
        "clock": "+0.001 s",
        "heat": "52 °C",
        "power": "0x50005",
        "names": "1 ms",
        "MTU": "1500 1450",
        "K3s cert.": "13 days",
    }


def test_what_no_machine_tells_is_no_row_and_who_is_silent_no_column() -> None:
    bare = Examined(facts=HostFacts(os="debian", os_version="12"), health=Health())
    rows = list(table({"pi-1": bare, "pi-2": Unavailable("gone")}))
    assert rows[0].split() == ["pi-1"]
    assert [row.split()[0] for row in rows[1:]] == ["system", "names"]
    assert list(table({"pi-2": Unavailable("gone")})) == []


def test_a_line_is_a_row() -> None:
    good = Line(source="a", target="b", ms=0.2, ms99=0.5, out=940e6, back=930e6, mtu=1500)
    bad = Line(source="a", target="c", error="connection refused")
    _, _, first, second = lines([good, bad])
    assert " ".join(first.split()) == "a - b 0.20 ms (99 %: 0.50) 940 / 930 1500"
    assert " ".join(second.split()) == "a - c connection refused"
    assert list(lines([])) == []


def test_what_machines_have_in_common_is_said_once_and_the_worst_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hot = [
        Finding(rule="hot", node=n, what="81 °C", fix="a fan", why="Heat.", source="https://x")
        for n in ("pi-1", "pi-3")
    ]
    hot.append(Finding(rule="hot", node="pi-2", what="90 °C", fix="a fan", why="Heat."))
    note = Finding(rule="large-pages", node="pi-2", what="16 KiB", fix="-", severity=Severity.NOTE)
    _print([note, *hot])
    said = capsys.readouterr().out
    assert said.index("no  pi-1, pi-3: 81 °C") < said.index("no  pi-2: 90 °C")
    assert said.index("no  pi-2: 90 °C") < said.index("--  pi-2: 16 KiB")
    assert said.count("why: Heat.") == 1
