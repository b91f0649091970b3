"""The reference rack from nothing to a cluster, on its twin: as docs/how-to tell a person to.

Real SSH, systemd, packets, 802.1Q, and Docker's engine. K3s is the fake of tests/fakes/k3s: files,
units and order are tested, no container runs in it. It is Python, so a twin on any processor runs
it. What stands for NVIDIA's toolkit and for Ollama is told in `integration.gpu`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import ROOT, Rack
from e2e.rehearsing import FIRST, NEXT, Rehearsal, require_twin
from fakes.k3s.release import release
from integration.docker.daemon import why_not
from integration.gpu.image import ollama
from integration.gpu.machine import ASKS, engine, prepare
from rackhouse.twin.tools import tool

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

NODES = ("gate", "pi-1", "pi-2", "pi-3", "pi-4", "forge", "desk")
PIS = NODES[1:5]
RIGHT = "0 are not what the rack file says"


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a short name: containerd's sockets lie in it."""
    return tmp_path_factory.mktemp("rack")


@pytest.fixture
def twin(folder: Path) -> Iterator[Rehearsal]:
    require_twin(folder)
    if why := why_not():
        pytest.skip(why)
    rack = Rehearsal(folder / "home", folder / "rack.yaml", ())
    _write(rack, FIRST)
    try:
        yield rack
    finally:
        rack.down()


def test_from_nothing_to_a_cluster(twin: Rehearsal, folder: Path) -> None:
    twin.up()
    prepare(twin, "forge", folder)
    with engine(twin, "forge", folder) as daemon:
        if isinstance(daemon, str):
            pytest.skip(daemon)
        with daemon.registry(folder / "registry"):
            _begin(twin)
            _mend(twin)
            _replace(twin)
            _upgrade(twin)


def _begin(twin: Rehearsal) -> None:
    planned, _ = twin.plan()
    hosts = {f"host.{node}" for node in NODES}
    others = {"switch.sw1", "docker.forge", "ollama.forge", "k3s.home", "keys", "registry"}
    assert {id.split("/")[0] for id in planned} == hosts | others
    _doctor_measures(twin)
    twin.apply()
    _is_whole(twin, FIRST)


def _mend(twin: Rehearsal) -> None:
    """What hands did: to a machine, to one in a cluster, to the router, to the switch."""
    twin.on("desk", "sh", "-c", "echo '# by hand' >> /etc/hostname")
    twin.on("pi-2", "rm", "/etc/rancher/k3s/registries.yaml")
    twin.on("gate", "nft", "delete", "table", "inet", "rackhouse_reach")
    database = f"--db=unix:{twin.twin.switch / 'db.sock'}"
    tool(["ovs-vsctl", database, "set", "port", "lan4", "tag=30"])
    said = twin.run("twin", "matrix", code=None).stdout
    assert "pi-4" in said
    assert RIGHT not in said
    changed, _ = twin.plan()
    assert set(changed) >= {
        "host.desk/hostname/self",
        "host.pi-2/file/k3s-registries",
        "host.gate/ruleset/reach",
        "switch.sw1/port/4",
    }
    twin.apply()
    _is_whole(twin, FIRST)


def _replace(twin: Rehearsal) -> None:
    """One is lost for good; an empty machine takes its place."""
    twin.lose("pi-4")
    assert "? host.pi-4" in twin.run("plan", "--only", "twin", code=2).stdout
    twin.renew("pi-4")
    twin.forget("pi-4")
    twin.apply()
    _is_whole(twin, FIRST)


def _upgrade(twin: Rehearsal) -> None:
    _write(twin, NEXT)
    twin.apply()
    _is_whole(twin, NEXT)


def _write(rack: Rehearsal, version: str) -> None:
    """The reference rack, with what a test has in place of the Internet."""
    folder = rack.file.parent
    releases, key, registry = folder / "releases", folder / "nvidia" / "gpgkey", folder / "registry"
    for place in (key.parent, registry):
        place.mkdir(exist_ok=True)
    key.write_text("stands for NVIDIA's key\n")
    digest = hashlib.sha256(key.read_bytes()).hexdigest()
    image = f"127.0.0.1:5000/ollama@{ollama('first').publish(registry)}"
    program = release(releases, version)
    replaced = {
        "  home: {nodes: [pi-1, pi-2, pi-3, pi-4]}": (
            "  home:\n    nodes: [pi-1, pi-2, pi-3, pi-4]\n    k3s: "
            f"{{version: {version}, source: {releases}, sums: {{arm64: {{program: {program}}}}}}}"
        ),
        "memory: 24Gi,": f"memory: 24Gi, toolkit: {{key: {digest}, source: {key.parent}}},",
        "        node: forge\n": f'        node: forge\n        image: "{image}"\n',
    }
    text = (ROOT / "examples" / "racks" / "home.yaml").read_text()
    for old, new in replaced.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    rack.file.write_text(text)


def _is_whole(rack: Rehearsal, version: str) -> None:
    """The cluster, every pair of machines and ports by real packets, and the model."""
    assert rack.plan() == ([], [])
    for node in PIS[:3]:  # its servers
        assert rack.nodes(node) == dict.fromkeys(PIS, ("Ready", version))
    assert RIGHT in rack.run("twin", "matrix").stdout
    assert "llama3.1:8b" in rack.on("pi-1", "bash", "-c", ASKS)


def _doctor_measures(rack: Rehearsal) -> None:
    """Over SSH, in the state folder that the rehearsal has of its own."""
    inner = Rack(rack.home / "twin" / "rehearsal", rack.file)
    said = json.loads(inner.run("doctor", "pi-1", "pi-2", "--json", code=None).stdout)
    assert said["pi-1"]["facts"]["addresses"]["eth0"] == ["10.20.20.11"]
    found = {each["rule"]: each["what"] for each in said["pi-2"]["findings"]}
    assert "arm64" in found["another-architecture"]  # a twin has the processor of its machine
