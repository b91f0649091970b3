"""The reference rack from nothing to a cluster, on its twin: as docs/how-to tell a person to.

Real SSH, systemd, packets and 802.1Q. K3s is the fake of tests/fakes/k3s: files, units and order
are tested, no container runs. The fake is Python, so a twin on any processor runs it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import ROOT, Rack
from fakes.k3s.release import release
from rackhouse.kit.errors import HostError
from rackhouse.twin import able, rootfs
from rackhouse.twin.home import Home
from rackhouse.twin.switch import probe
from rackhouse.twin.switch.model import Kind

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

FIRST, NEXT = "v1.34.1+k3s1", "v1.34.2+k3s1"
NODES = ("gate", "pi-1", "pi-2", "pi-3", "pi-4", "forge", "desk")
PIS = NODES[1:5]
FOUND = rootfs.find()  # here, before a test's clean environment forgets RACKHOUSE_ROOTFS
CLUSTER = "  home: {nodes: [pi-1, pi-2, pi-3, pi-4]}"


@pytest.fixture
def twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rack]:
    if os.geteuid() != 0 or FOUND is None:
        pytest.skip("a twin needs root, and a root file system: scripts/prefetch-slow")
    try:
        able.require(tmp_path)
        probe(Kind.OPENVSWITCH)
    except HostError as error:
        pytest.skip(error.what)
    monkeypatch.setenv("RACKHOUSE_ROOTFS", str(FOUND))
    rack = Rack(tmp_path / "home", tmp_path / "rack.yaml")
    _write(rack, FIRST)
    try:
        yield rack
    finally:
        rack.run("twin", "down", code=None)
        assert Home(rack.home).namespaces() == []


def test_from_nothing_to_a_cluster(twin: Rack) -> None:
    twin.run("twin", "up", "--systemd", "all")
    planned = _plan(twin, code=2)
    hosts = {f"host.{node}" for node in NODES}
    assert {id.split("/")[0] for id in planned} == {*hosts, "k3s.home", "keys", "switch.sw1"}
    _doctor_measures(twin)
    _apply(twin)
    assert _plan(twin) == []
    assert _versions(twin) == dict.fromkeys(PIS, FIRST)
    _matrix_is_right(twin)

    twin.run("twin", "run", "pi-2", "--", "sh", "-c", "echo '# by hand' >> /etc/hostname")
    twin.run("twin", "run", "pi-2", "--", "rm", "/etc/rancher/k3s/registries.yaml")
    assert set(_plan(twin, code=2)) >= {"host.pi-2/hostname/self", "host.pi-2/file/k3s-registries"}
    _apply(twin)

    twin.run("twin", "lose", "pi-4")
    out_of_sight = twin.run("plan", "--only", "twin", code=2).stdout
    assert "? host.pi-4" in out_of_sight
    twin.run("twin", "start", "pi-4")
    _apply(twin)

    _write(twin, NEXT)
    _apply(twin)
    assert _plan(twin) == []
    assert _versions(twin) == dict.fromkeys(PIS, NEXT)
    _matrix_is_right(twin)


def _write(rack: Rack, version: str) -> None:
    folder = rack.file.parent / "releases"
    digest = release(folder, version)
    sums = f"{{arm64: {{program: {digest}}}}}"
    k3s = f"    k3s: {{version: {version}, source: {folder}, sums: {sums}}}"
    text = (ROOT / "examples" / "racks" / "home.yaml").read_text()
    assert CLUSTER in text
    setup = f"  home:\n    nodes: [pi-1, pi-2, pi-3, pi-4]\n{k3s}"
    rack.file.write_text(text.replace(CLUSTER, setup))


def _plan(rack: Rack, code: int = 0) -> list[str]:
    """The ids that a plan would change."""
    said = rack.run("plan", "--only", "twin", "--json", code=code).stdout
    return [step["id"] for step in json.loads(said)["steps"]]


def _apply(rack: Rack) -> None:
    rack.run("apply", "--only", "twin", "--yes", timeout=350)


def _versions(rack: Rack) -> dict[str, str]:
    command = ("k3s", "kubectl", "get", "nodes")
    rows = rack.run("twin", "run", "pi-1", "--", *command).stdout.splitlines()
    assert all(" Ready " in row for row in rows), rows
    return {row.split()[0]: row.split()[-1] for row in rows}


def _doctor_measures(rack: Rack) -> None:
    """Over SSH, in the state folder that the rehearsal has of its own."""
    inner = Rack(rack.home / "twin" / "rehearsal", rack.file)
    said = json.loads(inner.run("doctor", "pi-1", "pi-2", "--json", code=None).stdout)
    assert said["pi-1"]["facts"]["addresses"]["eth0"] == ["10.20.20.11"]
    found = {each["rule"]: each["what"] for each in said["pi-2"]["findings"]}
    assert "arm64" in found["another-architecture"]  # a twin has the processor of its machine


def _matrix_is_right(rack: Rack) -> None:
    """Every pair of machines and ports, with real packets, is as the rack file says."""
    assert "0 are not what the rack file says" in rack.run("twin", "matrix").stdout
