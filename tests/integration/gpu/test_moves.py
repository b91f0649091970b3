"""One word moves a GPU machine from beside the cluster into it: on a twin, with a real engine and
the fake of K3s.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from e2e.conftest import Rack
from fakes.k3s.release import release
from integration.docker.daemon import why_not
from integration.gpu.image import ollama
from integration.gpu.machine import engine, prepare
from integration.gpu.test_machine import containers, docker, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin"), pytest.mark.timeout(600)]

VERSION = "v1.34.1+k3s1"
RACK = """
rack: lab
network:
  vlans:
    lab: {{id: 30, subnet: 10.20.30.0/24}}
nodes:
  pi-1: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.30.11}}
  forge:
    role: gpu
    runtime: {runtime}
    arch: amd64
    disk: nvme
    address: 10.20.30.20
    gpu: {{memory: 24Gi, toolkit: {{key: {key}, source: {folder}/nvidia}}}}
models:
  chat: {{prefer: [{{engine: ollama, model: "llama3.1:8b", node: forge, image: "{image}"}}]}}
clusters:
  home:
    nodes: [{names}]
    k3s:
      version: {version}
      datastore: etcd
      source: {folder}/releases
      sums: {{arm64: {{program: {program}}}, amd64: {{program: {program}}}}}
"""


def test_into_the_cluster(rack: Rack, tmp_path: Path) -> None:
    if why := why_not():
        pytest.skip(why)
    write(rack, tmp_path, "docker")
    rack.run("twin", "up", "--systemd", "all")
    prepare(rack, "forge", tmp_path)
    with engine(rack, "forge", tmp_path) as daemon:
        machine = running(daemon)
        with machine.registry(tmp_path / "registry"):
            apply(rack)
        assert containers(machine) == ["ollama"]

        write(rack, tmp_path, "k3s")
        moves = steps(rack, code=2)
        assert "delete docker.forge/container/ollama" in moves
        assert "create host.forge/unit/k3s-agent" in moves
        apply(rack)
        assert containers(machine) == []
        assert docker(machine, "volume", "ls", "--quiet") == "ollama\n"  # data
        nodes = rack.run("twin", "run", "pi-1", "--", "k3s", "kubectl", "get", "nodes").stdout
        assert {row.split()[0] for row in nodes.splitlines() if " Ready " in row} == {
            "pi-1",
            "forge",
        }
        config = rack.run("twin", "run", "forge", "--", "cat", "/etc/rancher/k3s/config.yaml")
        assert 'node-taint: ["nvidia.com/gpu=present:NoSchedule"]' in config.stdout
        assert steps(rack) == []

        apply(rack, "--purge", "docker.forge/volume/ollama")
        assert docker(machine, "volume", "ls", "--quiet") == ""
        assert steps(rack) == []


def write(rack: Rack, folder: Path, runtime: str) -> None:
    for name in ("registry", "nvidia"):
        (folder / name).mkdir(exist_ok=True)
    key = folder / "nvidia/gpgkey"
    key.write_text("stands for NVIDIA's key\n")
    text = RACK.format(
        runtime=runtime,
        names="pi-1, forge" if runtime == "k3s" else "pi-1",
        key=hashlib.sha256(key.read_bytes()).hexdigest(),
        folder=folder,
        image=f"127.0.0.1:5000/ollama@{ollama('it').publish(folder / 'registry')}",
        version=VERSION,
        program=release(folder / "releases", VERSION),
    )
    rack.file.write_text(text)


def apply(rack: Rack, *more: str) -> None:
    rack.run("apply", "--only", "twin", "--yes", *more, timeout=240)


def steps(rack: Rack, code: int = 0) -> list[str]:
    said = rack.run("plan", "--only", "twin", "--json", code=code).stdout
    return [f"{step['verb']} {step['id']}" for step in json.loads(said)["steps"]]
