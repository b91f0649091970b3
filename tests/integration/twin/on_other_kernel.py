"""Run in QEMU (`other_kernel`): a twin whose switch is that kernel. Prints JSON.

A cluster and a desk in two VLANs, a router between them; all by the ways of the product.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

from rackhouse.desired.network.fabric import fabric
from rackhouse.kit.process import run_sync
from rackhouse.rack.load import load
from rackhouse.twin import faults
from rackhouse.twin.home import SWITCH, Home
from rackhouse.twin.lifecycle import down, up
from rackhouse.twin.node import enter, environment
from rackhouse.twin.plan import complete
from rackhouse.twin.state import State
from rackhouse.twin.survey import survey
from rackhouse.twin.switch import switch
from rackhouse.twin.tools import tool
from rackhouse.twin.untested import untested

FILE = """
network:
  router: {node: gate, serves: [firewall]}
  switch: {ports: 4, uplink: 4}
  vlans: {cluster: {id: 20, subnet: 10.20.20.0/24}, desks: {id: 40, subnet: 10.20.40.0/24}}
  reach: [{from: desks, to: cluster, ports: [ssh]}, {from: desks, to: internet, ports: [any]}]
nodes:
  gate: {role: router, board: n100-8gb, disk: ssd, address: 10.20.40.1, port: 4}
  pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11, port: 1}
  pi-2: {role: agent, board: rpi5-8gb, disk: nvme, address: 10.20.20.12, port: 2}
  desk: {role: dev, address: 10.20.40.10, port: 3}
"""
RACK = load(FILE)


def ping(home: Home) -> float:
    """Milliseconds from pi-1 to pi-2, the quickest of five."""
    argv = ("ping", "-q", "-c5", "-i0.2", "10.20.20.12")
    done = run_sync(enter(home, "pi-1", argv), env=environment(), timeout=60)
    return float(done.out.rpartition("= ")[2].split("/")[0])


def looked(home: Home, state: State) -> dict[str, object]:
    """The matrix in a few words."""
    matrix = asyncio.run(survey(home, state, RACK))
    return {"tried": len(matrix.cells), "wrong": len(matrix.wrong), "findings": matrix.findings}


def rehearse(home: Home) -> dict[str, object]:
    """Up, measured, broken on purpose, mended, slowed down, and gone."""
    began = time.monotonic()
    state = up(home, RACK, Path("/"))
    said: dict[str, object] = {"switch": state.switch, "up": time.monotonic() - began}
    said["untested"] = list(untested(home, state, RACK))
    said["right"] = looked(home, state)
    where = home.namespace(SWITCH)
    said["vlans"] = json.loads(tool(["bridge", "-n", where, "-json", "vlan", "show"]))

    tool(["bridge", "-n", where, "vlan", "del", "vid", "20", "dev", "lan2"])
    tool(["bridge", "-n", where, "vlan", "add", "vid", "40", "pvid", "untagged", "dev", "lan2"])
    said["wrong port"] = looked(home, state)
    switch(state.switch).configure(home, fabric(complete(RACK)))
    tool(["bridge", "-n", where, "vlan", "del", "vid", "20", "dev", "lan4"])
    said["wrong trunk"] = looked(home, state)
    switch(state.switch).configure(home, fabric(complete(RACK)))
    said["mended"] = looked(home, state)

    said["ping"] = ping(home)
    faults.degrade(home, state, "pi-2", delay="25ms", rate="10mbit")
    said["degraded"] = sorted(faults.degraded(home))
    said["delayed ping"] = ping(home)
    faults.mend(home, state, "pi-2")
    said["mended ping"] = ping(home)
    said["down"] = down(home)
    said["left"] = home.namespaces()
    return said


if __name__ == "__main__":
    print("said:", json.dumps(rehearse(Home(Path("/tmp/rack")))))
