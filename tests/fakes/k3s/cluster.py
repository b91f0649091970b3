"""The fake's processes on this machine, with the very files that a rack file comes to.

Only what cannot be had twice on one machine is another: each node has an address of its own on the
loopback interface, by chance, and folders of its own.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fakes.k3s.release import release
from rackhouse.desired.k3s import HostFacts, Known
from rackhouse.desired.k3s.config import config
from rackhouse.desired.k3s.farewell import farewell
from rackhouse.desired.k3s.layout import Layout, layout
from rackhouse.desired.k3s.script import Script
from rackhouse.rack.model import Rack
from rackhouse.rack.words import Role


@dataclass
class Machine:
    """One node: its folder and its process."""

    name: str
    folder: Path
    server: bool
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def config(self) -> Path:
        return self.folder / "etc" / "config.yaml"

    @property
    def program(self) -> Path:
        """What /usr/local/bin/k3s is on a real one."""
        return self.folder / "k3s"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    @property
    def env(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"  # a test's own tools first
        return {"PATH": path, "K3S_CONFIG_FILE": str(self.config)}

    def node(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the node's script."""
        return self._run("sh", str(self.folder / "node.sh"), *arguments)

    def depart(self) -> subprocess.CompletedProcess[str]:
        """Run the first half of how it leaves; the second is not for this machine."""
        service = "k3s" if self.server else "k3s-agent"
        return self._run("sh", str(self.folder / "farewell.sh"), "depart", service)

    def kubectl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """As the administrator."""
        kubeconfig = ("--kubeconfig", str(self.folder / "etc" / "k3s.yaml"))
        return self._run(str(self.program), "kubectl", *kubeconfig, *arguments)

    def _run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv, env=self.env, capture_output=True, text=True, timeout=60, check=False
        )

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Cluster:
    """Machines of one rack. Not started; `start` each."""

    rack: Rack
    folder: Path
    machines: dict[str, Machine] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.rack.nodes:
            server = node.role == Role.SERVER
            self.machines[node.name] = Machine(node.name, self.folder / node.name, server)
            self.addresses[str(node.address)] = _own_address()
        self.write(self.rack)

    def __getitem__(self, name: str) -> Machine:
        return self.machines[name]

    def write(self, rack: Rack) -> None:
        """The files of each machine, as that rack wants them."""
        known = Known(hosts={node.name: HostFacts() for node in rack.nodes})
        found = layout(rack, rack.clusters[0], known)
        assert found is not None
        version = str(found.setup.version)
        if not (self.folder / version).exists():
            release(self.folder, version)
        for node in found.nodes:
            machine = self[node.name]
            (machine.folder / "etc").mkdir(parents=True, exist_ok=True)
            machine.config.write_text(self._config(found, machine))
            (machine.folder / "etc" / "token").write_text("server" if machine.server else "agent")
            (machine.folder / "etc" / "agent-token").write_text("agent")
            (machine.folder / "node.sh").write_text(self._script(found, machine))
            leave = farewell(found, next(n for n in found.nodes if n.name == machine.name))
            (machine.folder / "farewell.sh").write_text(self.here(leave, machine))
            machine.program.unlink(missing_ok=True)
            machine.program.symlink_to(self.folder / version / "k3s")

    def start(self, *names: str) -> None:
        """One after the other, each ready before the next."""
        for name in names:
            machine = self[name]
            machine.stop()
            log = (machine.folder / "log").open("wb")
            argv = [str(machine.program), "server" if machine.server else "agent"]
            machine.process = subprocess.Popen(argv, env=machine.env, stdout=log, stderr=log)
            log.close()
            _until(machine, "k3s is up and running" if machine.server else "agent ready")

    def _config(self, found: Layout, machine: Machine) -> str:
        node = next(node for node in found.nodes if node.name == machine.name)
        text = self.here(config(found, node), machine)
        return f'{text}data-dir: "{machine.data}"\n'

    def _script(self, found: Layout, machine: Machine) -> str:
        node = next(node for node in found.nodes if node.name == machine.name)
        return self.here(Script.of(found, node).text, machine)

    def here(self, text: str, machine: Machine) -> str:
        """What names that machine's places, as of those that it has here."""
        for real, here in (
            ("/var/lib/rancher/k3s", machine.data),
            ("/etc/rancher/k3s", machine.folder / "etc"),
            ("/etc/rancher/node", machine.folder / "node"),
            ("/usr/local/bin/k3s", machine.program),
            *self.addresses.items(),
        ):
            text = text.replace(real, str(here))
        return text


@contextlib.contextmanager
def cluster(rack: Rack, folder: Path) -> Iterator[Cluster]:
    """A cluster whose processes end with it."""
    made = Cluster(rack, folder)
    try:
        yield made
    finally:
        for machine in made.machines.values():
            machine.stop()


def _until(machine: Machine, line: str) -> None:
    end = time.monotonic() + 60
    while line not in machine.log:
        assert machine.process is not None
        if machine.process.poll() is not None:
            raise RuntimeError(machine.log)
        assert time.monotonic() < end, machine.log
        time.sleep(0.02)


def _own_address() -> str:
    """One of sixteen million; nothing else on this machine listens there."""
    return "127." + ".".join(str(1 + secrets.randbelow(254)) for _ in range(3))
