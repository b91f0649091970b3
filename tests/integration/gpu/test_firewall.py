"""Who may ask models is also the machine's own to say: by real packets, with a router that lets all
through.
"""

from __future__ import annotations

import subprocess

import pytest

from e2e.conftest import PROGRAM, Rack
from rackhouse.desired.gpu import gpu
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.resources.host import Ruleset
from rackhouse.twin.home import NETNS, ROUTER, Home

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

RACK = f"""
rack: lab
network:
  router: {{serves: [firewall]}}
  switch: {{ports: 8}}
  vlans:
    cluster: {{id: 20, subnet: 10.20.20.0/24}}
    lab: {{id: 30, subnet: 10.20.30.0/24}}
    guests: {{id: 50, subnet: 10.20.50.0/24}}
  reach:
    - {{from: cluster, to: lab, ports: [11434]}}
nodes:
  pi: {{role: dev, address: 10.20.20.11, port: 1}}
  guest: {{role: dev, address: 10.20.50.11, port: 2}}
  forge: {{role: gpu, address: 10.20.30.20, port: 3, gpu: {{memory: 24Gi}}}}
models:
  chat:
    prefer:
      - {{engine: ollama, model: "small:1b", node: forge, image: "ollama@sha256:{"0" * 64}"}}
"""
SERVES = """
import socket, threading
def answer(port):
    server = socket.create_server(("", port))
    while True:
        server.accept()[0].close()
for port in (11434, 9999):
    threading.Thread(target=answer, args=(port,)).start()
print("ready", flush=True)
"""


def test_a_port_is_closed_to_who_may_not_ask(rack: Rack) -> None:
    rack.file.write_text(RACK)
    rack.run("twin", "up")
    network = f"--net={NETNS / Home(rack.home).namespace(ROUTER)}"
    subprocess.run(["nsenter", network, "nft", "flush", "ruleset"], check=True)
    spec = gpu(load(RACK), {"forge": {}}).resources[Id("host.forge", "ruleset", "models")].spec
    assert isinstance(spec, Ruleset)
    rack.run("twin", "run", "forge", "--", "nft", "-f", "-", stdin=str(spec.content))
    argv = [PROGRAM, "twin", "run", "forge", "--", "python3", "-c", SERVES]
    with subprocess.Popen(argv, env=rack.environment(), stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            assert server.stdout.readline() == b"ready\n"
            assert asks(rack, "pi", 11434)
            assert not asks(rack, "guest", 11434)
            assert asks(rack, "guest", 9999)  # another port is none of ours
        finally:
            rack.run("twin", "lose", "forge")  # and with it what it serves


def asks(rack: Rack, node: str, port: int) -> bool:
    """Whether that node gets a connection."""
    opens = f"timeout 2 bash -c '</dev/tcp/10.20.30.20/{port}'"
    return rack.run("twin", "run", node, "--", "sh", "-c", opens, code=None).returncode == 0
