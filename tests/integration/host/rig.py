"""A twin whose machines have bad days, and Rackhouse as somebody at its desk has it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rackhouse.apply import joined
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.kit.process import Finished, run_sync
from rackhouse.rack.load import load
from rackhouse.transport.address import Address
from rackhouse.twin import faults, node
from rackhouse.twin.home import Home
from rackhouse.twin.namespaces import pids
from rackhouse.twin.reach import address
from rackhouse.twin.state import State
from rackhouse.twin.tools import inside, tool

RACK = """
rack: days
domain: home.arpa
network:
  router: {node: gate, serves: [dns, firewall]}
  switch: {ports: 8, uplink: 8}
  vlans:
    cluster: {id: 20, subnet: 10.20.20.0/24}
    gpu: {id: 30, subnet: 10.20.30.0/24}
    development: {id: 40, subnet: 10.20.40.0/24}
  reach:
    - {from: development, to: cluster, ports: [ssh]}
    - {from: development, to: gpu, ports: [ssh]}
nodes:
  gate: {role: router, board: n100-8gb, address: 10.20.20.1, port: 8}
  pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11, port: 1}
  pi-2: {role: agent, board: rpi5-8gb, disk: nvme, address: 10.20.20.12, port: 2}
  pi-3: {role: agent, board: rpi4-4gb, disk: sd, address: 10.20.20.13, port: 3}
  box: {role: gpu, runtime: docker, arch: amd64, gpu: {memory: 24Gi}, address: 10.20.30.20, port: 4}
  desk: {role: dev, address: 10.20.40.10, port: 5}
"""
PROGRAM = Path(sys.executable).with_name("rackhouse")


@dataclass(frozen=True)
class Rig:
    """The twin, and the rack file that it is of."""

    home: Home
    state: State
    file: Path

    def address(self, name: str) -> Address:
        """How a machine is reached from here, by the twin's key."""
        return Address.parse(address(self.home, self.state, load(RACK), name))

    @contextmanager
    def house(self, folder: Path, *nodes: str) -> Iterator[OpenRack]:
        """The rack with a state folder of its own, which these machines have joined."""
        house = open_rack(self.file, root=folder, now=datetime.now(UTC))
        for name in nodes:
            words = address(self.home, self.state, house.rack, name)
            joined.join(house.store, name, words)
        try:
            yield house
        finally:
            house.close()

    def on(self, name: str, script: str) -> str:
        """What somebody with a keyboard on that machine does, as root."""
        return tool(node.enter(self.home, name, ("sh", "-c", script)))

    def at_the_desk(self, folder: Path, *words: str, says: str = "", agent: str = "") -> Finished:
        """`rackhouse`, typed at the desk: its network, and nothing of ours."""
        argv = inside(
            self.home.namespace("desk"), str(PROGRAM), "-f", str(self.file), "--home", str(folder)
        )
        env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        env |= {"HOME": str(folder), "NO_COLOR": "1", "COLUMNS": "120"}
        env |= {"SSH_AUTH_SOCK": agent} if agent else {}
        return run_sync([*argv, *words], env=env, input=says, timeout=120)

    def restart(self, name: str) -> None:
        """Its power is cut, and it is switched on again."""
        faults.lose(self.home, self.state, name)
        faults.start(self.home, self.state, name)

    def signal(self, name: str, number: int) -> None:
        """To every process of that machine, which is told nothing else."""
        for pid in pids([where := self.home.namespace(name)])[where]:
            os.kill(pid, number)
