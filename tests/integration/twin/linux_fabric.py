"""Run in QEMU (`other_kernel`): a switch and a router made by systemd-networkd of our files.

Each is a network namespace with a systemd-networkd of its own; machines in two VLANs send packets
through both. Prints JSON.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from rackhouse.desired.network import linux
from rackhouse.desired.network.fabric import fabric, gateways_of
from rackhouse.desired.network.policy import managed_in
from rackhouse.rack.load import load

RACK = load("""
network:
  router: {node: gate, serves: [firewall]}
  switch: {ports: 4, uplink: 4, system: linux, address: 10.20.40.2}
  vlans: {cluster: {id: 20, subnet: 10.20.20.0/24}, desks: {id: 40, subnet: 10.20.40.0/24}}
nodes:
  gate: {role: router, board: n100-8gb, disk: ssd, address: 10.20.40.1, port: 4}
  pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11, port: 1}
  pi-2: {role: agent, board: rpi5-8gb, disk: nvme, address: 10.20.20.12, port: 2}
  desk: {role: dev, address: 10.20.40.10, port: 3}
""")
# $1 the folder of the files. Where /sys is read-only, networkd does not wait for udev.
_NETWORKD = """
mount -t tmpfs tmpfs /run
mount -o remount,ro /sys
mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases
cp "$1"/* /run/systemd/network
exec /lib/systemd/systemd-networkd
"""


def run(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def machine(name: str, near: str, address: str, gateway: str) -> None:
    """A cable from the switch's socket to a machine that knows nothing of VLANs."""
    run("ip", "netns", "add", name)
    peer = ("peer", "name", "eth0", "netns", name)
    run("ip", "link", "add", "name", near, "netns", "switch", "type", "veth", *peer)
    for words in (
        ("link", "set", "eth0", "up"),
        ("addr", "add", f"{address}/24", "dev", "eth0"),
        ("route", "add", "default", "via", gateway),
    ):
        run("ip", "-n", name, *words)


def networkd(namespace: str, files: dict[str, str]) -> subprocess.Popen[bytes]:
    folder = Path("/tmp", namespace)
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    enter = ("ip", "netns", "exec", namespace, "unshare", "--mount")
    return subprocess.Popen([*enter, "sh", "-ec", _NETWORKD, "sh", str(folder)])


def pings(source: str, target: str) -> bool:
    argv = ("ip", "netns", "exec", source, "ping", "-q", "-c1", "-W1", target)
    return subprocess.run(argv, check=False, capture_output=True).returncode == 0


def until(source: str, target: str) -> bool:
    deadline = time.monotonic() + 30
    while not pings(source, target):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def main() -> dict[str, object]:
    for name in ("switch", "router"):
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
    machine("pi-1", "lan1", "10.20.20.11", "10.20.20.1")
    machine("pi-2", "lan2", "10.20.20.12", "10.20.20.1")
    machine("desk", "lan3", "10.20.40.10", "10.20.40.1")
    peer = ("peer", "name", "trunk", "netns", "router")
    run("ip", "link", "add", "name", "lan4", "netns", "switch", "type", "veth", *peer)
    management = managed_in(RACK)
    assert management is not None
    files = linux.switch(fabric(RACK), management)
    own = {name.removeprefix(f"{linux.FOLDER}/"): text for name, text in files.items()}
    daemons = [
        networkd("switch", own),
        networkd("router", dict(linux.interfaces(gateways_of(RACK), linux.USUAL))),
    ]
    run("ip", "netns", "exec", "router", "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
    said: dict[str, object] = {"own VLAN": until("pi-1", "10.20.20.12")}
    said["routed"] = until("desk", "10.20.20.11")
    said["managed"] = until("desk", "10.20.40.2")
    said["bridge"] = json.loads(run("bridge", "-n", "switch", "-json", "vlan", "show"))
    said["router"] = json.loads(run("ip", "-n", "router", "-json", "-4", "address", "show"))
    # Without the router, VLANs do not meet: not even with addresses of one subnet.
    run("ip", "-n", "desk", "addr", "add", "10.20.20.99/24", "dev", "eth0")
    run("ip", "-n", "router", "link", "set", "trunk", "down")
    said["apart"] = not pings("desk", "10.20.20.12")
    said["together"] = pings("pi-1", "10.20.20.12")
    for daemon in daemons:
        daemon.kill()
        daemon.wait()
    return said


if __name__ == "__main__":
    print("said:", json.dumps(main()))
