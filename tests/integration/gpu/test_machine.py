"""A GPU machine from nothing to a model that answers, on a twin with a real engine beside it.

Real: SSH, systemd, nftables, packets, Docker's engine and its way to a GPU request. Not real:
NVIDIA's toolkit and card, and Ollama (`machine`, `image`).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from e2e.conftest import Rack
from integration.docker.daemon import Daemon, why_not
from integration.gpu.image import ollama
from integration.gpu.machine import ASKS, engine, prepare

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

MAC = "aa:bb:cc:dd:ee:f0"
RACK = """
rack: lab
network:
  router: {serves: [firewall]}
  switch: {ports: 8}
  vlans:
    lab: {id: 30, subnet: 10.20.30.0/24}
nodes:
  desk: {role: dev, address: 10.20.30.10, port: 1}
  forge:
    role: gpu
    runtime: docker
    address: 10.20.30.20
    port: 2
    gpu: {memory: 24Gi, power_cap: 280, toolkit: {key: KEY, source: FOLDER}}
    sleep_after: 20m
    wake: "MAC"
models:
  chat:
    prefer:
      - {engine: ollama, model: "llama3.1:8b", node: forge, image: "IMAGE"}
"""


@pytest.mark.timeout(600)
def test_from_nothing_to_a_model_that_answers(rack: Rack, tmp_path: Path) -> None:
    if why := why_not():
        pytest.skip(why)
    (tmp_path / "nvidia").mkdir()
    (tmp_path / "nvidia/gpgkey").write_text("stands for NVIDIA's key\n")
    write(rack, tmp_path, "first")
    rack.run("twin", "up", "--systemd", "all")
    prepare(rack, "forge", tmp_path)
    with engine(rack, "forge", tmp_path, card=False) as daemon:
        refuses_a_card_that_is_not_there(rack, running(daemon), tmp_path)
    settings = on(rack, "cat", "/etc/docker/daemon.json")
    with engine(rack, "forge", tmp_path, settings) as daemon:  # as its unit would be restarted
        machine = running(daemon)
        applied(rack, machine, tmp_path)
        assert planned(rack) == []
        the_model_answers(rack)
        drift_is_mended(rack, machine, tmp_path)
        another_image_takes_its_place(rack, machine, tmp_path)
        what_is_no_longer_wanted_leaves(rack, machine, tmp_path)


def write(rack: Rack, folder: Path, release: str, text: str = RACK) -> None:
    """The rack file, with that release of the image."""
    published = folder / "registry"
    published.mkdir(exist_ok=True)
    image = f"127.0.0.1:5000/ollama@{ollama(release).publish(published)}"
    key = hashlib.sha256((folder / "nvidia/gpgkey").read_bytes()).hexdigest()
    names = {"KEY": key, "FOLDER": str(folder / "nvidia"), "IMAGE": image, "MAC": MAC}
    for name, value in names.items():
        text = text.replace(name, value)
    rack.file.write_text(text)


def running(daemon: Daemon | str) -> Daemon:
    """The engine; a machine that runs none is no failure of ours."""
    if isinstance(daemon, str):
        pytest.skip(daemon)
    return daemon


def planned(rack: Rack, code: int = 0) -> list[str]:
    """What a plan would change."""
    said = rack.run("plan", "--only", "twin", "--json", code=code).stdout
    return [f"{step['verb']} {step['id'].partition('@')[0]}" for step in json.loads(said)["steps"]]


def apply(rack: Rack, machine: Daemon, folder: Path, *more: str, code: int = 0) -> str:
    """With the test's registry beside the engine."""
    with machine.registry(folder / "registry"):
        done = rack.run("apply", "--only", "twin", "--yes", *more, code=code, timeout=240)
    return done.stdout + done.stderr


def refuses_a_card_that_is_not_there(rack: Rack, machine: Daemon, folder: Path) -> None:
    """The request reaches the engine; a person is told what is missing."""
    said = apply(rack, machine, folder, code=7)
    assert "could not select device driver" in said
    assert "write `gpu.toolkit` into the rack file" in said


def applied(rack: Rack, machine: Daemon, folder: Path) -> None:
    """All of the machine is as the file says."""
    apply(rack, machine, folder)
    assert "--power-limit=280" in on(rack, "cat", "/var/tmp/nvidia-smi.log")
    assert "counter asked" in on(rack, "nft", "list", "table", "inet", "rackhouse_models")
    assert on(rack, "systemctl", "is-active", "rackhouse-sleep.timer") == "active\n"
    told = json.loads(docker(machine, "info", "--format", "{{json .}}"))
    assert (told["LoggingDriver"], told["LiveRestoreEnabled"]) == ("local", True)
    assert told["Runtimes"]["nvidia"]["path"] == "nvidia-container-runtime"
    assert (folder / "hook.log").read_text().startswith("prestart")  # the card was asked for


def the_model_answers(rack: Rack) -> None:
    """To a machine of its VLAN; and that it was asked is counted."""
    assert "llama3.1:8b" in rack.run("twin", "run", "desk", "--", "bash", "-c", ASKS).stdout
    inner = Rack(rack.home / "twin" / "rehearsal", rack.file)
    assert "answers on 11434" in inner.run("logs", "docker.forge/container/ollama").stdout
    counted = on(rack, "nft", "list", "counter", "inet", "rackhouse_models", "asked")
    assert "packets 0" not in counted


def drift_is_mended(rack: Rack, machine: Daemon, folder: Path) -> None:
    """A container that a hand removed, a setting that it changed."""
    [name] = containers(machine)
    docker(machine, "rm", "--force", name)
    on(rack, "rm", "/etc/systemd/network/10-rackhouse-wake.link")
    assert set(planned(rack, code=2)) >= {
        "create docker.forge/container/ollama",
        "update host.forge/file/wake",
    }
    apply(rack, machine, folder)
    assert planned(rack) == []
    the_model_answers(rack)  # its volume was kept


def another_image_takes_its_place(rack: Rack, machine: Daemon, folder: Path) -> None:
    """One server on its port: it is made anew, and its models are there still."""
    old = docker(machine, "inspect", "--format", "{{.Image}}", "ollama")
    write(rack, folder, "second")
    assert "until then nobody answers" in rack.run("plan", "--only", "twin", code=2).stdout
    apply(rack, machine, folder)
    assert docker(machine, "inspect", "--format", "{{.Image}}", "ollama") != old
    assert planned(rack) == []
    the_model_answers(rack)


def what_is_no_longer_wanted_leaves(rack: Rack, machine: Daemon, folder: Path) -> None:
    """And its data when it is told to."""
    write(rack, folder, "second", RACK[: RACK.index("models:")])
    apply(rack, machine, folder)
    assert containers(machine) == []
    assert docker(machine, "volume", "ls", "--quiet") == "ollama\n"
    assert on(rack, "systemctl", "is-active", "docker.service") == "active\n"
    apply(rack, machine, folder, "--purge", "docker.forge/volume/ollama")
    assert docker(machine, "volume", "ls", "--quiet") == ""
    assert planned(rack) == []


def on(rack: Rack, *argv: str) -> str:
    return rack.run("twin", "run", "forge", "--", *argv).stdout


def containers(machine: Daemon) -> list[str]:
    return docker(machine, "ps", "--format", "{{.Names}}").split()


def docker(machine: Daemon, *argv: str) -> str:
    command = ["/usr/bin/docker", "-H", f"unix://{machine.socket}", *argv]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
