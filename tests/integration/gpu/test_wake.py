"""A machine that sleeps is woken by a real packet, which a machine of its network sends."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from e2e.conftest import Rack
from rackhouse.twin.home import NETNS, Home

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

MAC = "aa:bb:cc:dd:ee:f0"
RACK = f"""
rack: lab
network:
  router: {{serves: [firewall]}}
  switch: {{ports: 8}}
  vlans:
    lab: {{id: 30, subnet: 10.20.30.0/24}}
nodes:
  desk: {{role: dev, address: 10.20.30.10, port: 1}}
  forge: {{role: gpu, address: 10.20.30.20, port: 2, gpu: {{memory: 24Gi}}, wake: "{MAC}"}}
"""


def test_it_sleeps_and_is_woken(rack: Rack) -> None:
    """By a packet that a machine of its network sends, over the switch, to its card."""
    rack.file.write_text(RACK)
    rack.run("twin", "up")
    rack.run("plan", "--only", "twin", code=2)  # its machines join
    inner = Rack(rack.home / "twin" / "rehearsal", rack.file)
    assert inner.run("hosts", "wake", "forge").stdout == "forge was awake already\n"
    rack.run("twin", "lose", "forge")
    said = rack.run("plan", "--only", "twin", code=2).stderr
    assert "forge may be asleep: `rackhouse hosts wake forge`" in said

    rack.run("twin", "mend", "forge")  # a card that may wake its machine keeps its line
    network = f"--net={NETNS / Home(rack.home).namespace('forge')}"
    card = Path(__file__).with_name("card.py")
    argv = ["nsenter", network, sys.executable, str(card), MAC]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:

        def starts() -> None:
            if process.wait(60) == 0:
                rack.run("twin", "start", "forge")

        waiting = threading.Thread(target=starts)
        waiting.start()
        try:
            woken = inner.run("hosts", "wake", "forge", timeout=60).stdout
        finally:
            process.kill()
            waiting.join()
    assert f"forge: a packet for {MAC}, sent by desk" in woken
    assert woken.endswith("forge is awake\n")
