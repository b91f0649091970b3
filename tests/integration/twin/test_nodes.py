"""Nodes are machines: SSH, a disk of their own, a power switch; the real one is not touched."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path

import asyncssh
import pytest

from integration.twin.conftest import RACK
from rackhouse.kit.errors import NotReady, Refused
from rackhouse.kit.process import run_sync
from rackhouse.twin import faults
from rackhouse.twin.home import SWITCH, Home
from rackhouse.twin.node import enter, environment
from rackhouse.twin.reach import address
from rackhouse.twin.state import load
from rackhouse.twin.status import boxes
from rackhouse.twin.tools import ip_batch

CAP_SYS_MODULE, CAP_SYS_ADMIN, CAP_SYS_BOOT, CAP_SYS_TIME = 16, 21, 22, 25  # linux/capability.h

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]


def on(home: Home, name: str, *argv: str) -> str:
    """What a command says on a node, as root; it must succeed."""
    done = run_sync(enter(home, name, argv), env=environment(), timeout=30)
    assert done.code == 0, done.err
    return done.out.strip()


async def by_ssh(home: Home, name: str, command: str, *, timeout: float = 20) -> str:
    """The same by SSH, with the host key pinned."""
    where = address(home, load(home), RACK, name)
    async with asyncssh.connect(
        where["host"],
        int(where["port"]),
        username=where["user"],
        client_keys=[where["key"]],
        known_hosts=([asyncssh.import_public_key(where["host_key"])], [], []),
        proxy_command=shlex.split(where["proxy"]),
        config=None,
        connect_timeout=timeout,
    ) as connection:
        done = await connection.run(command, check=True)
    return str(done.stdout).strip()


async def test_every_node_is_reached_by_ssh_as_on_a_fresh_pi(home: Home) -> None:
    for machine in load(home).layout.machines:
        said = await by_ssh(home, machine.name, "whoami; sudo id -u; hostname; cat /etc/hostname")
        assert said.split() == ["pi", "0", machine.name, machine.name]


async def test_a_cut_cable_cuts_ssh_too(home: Home) -> None:
    state = load(home)
    faults.cut(home, state, "pi-1")
    try:
        with pytest.raises((OSError, asyncssh.Error)):
            await by_ssh(home, "pi-1", "true", timeout=2)
    finally:
        faults.mend(home, state, "pi-1")
    async with asyncio.timeout(20):  # until others have asked anew where it is
        while await _host_name(home, "pi-1") != "pi-1":
            await asyncio.sleep(0.2)


async def _host_name(home: Home, node: str) -> str:
    try:
        return await by_ssh(home, node, "hostname")
    except (OSError, asyncssh.Error):
        return ""


def test_disks_are_their_own_and_outlive_a_power_cut(home: Home) -> None:
    state = load(home)
    on(home, "pi-2", "sh", "-c", "echo mine > /etc/marker; echo gone > /tmp/marker; sync")
    assert run_sync(enter(home, "pi-3", ["cat", "/etc/marker"]), timeout=30).code != 0
    assert not (state.rootfs / "etc/marker").exists()
    assert not Path("/etc/marker").exists()
    faults.lose(home, state, "pi-2")
    (dark,) = (box for box in boxes(home, state) if not box.power)
    assert (dark.name, dark.cable) == ("pi-2", False)
    with pytest.raises(NotReady, match="pi-2 does not run"):
        enter(home, "pi-2", ["true"])
    faults.start(home, state, "pi-2")
    assert on(home, "pi-2", "cat", "/etc/marker") == "mine"
    assert run_sync(enter(home, "pi-2", ["cat", "/tmp/marker"]), timeout=30).code != 0
    assert all(box.power and box.cable for box in boxes(home, state))


FINGERPRINT = (
    "sysctl -n net.ipv4.tcp_fin_timeout net.ipv4.ip_forward; ip -brief link; nft list ruleset"
)


def test_without_power_a_node_forgets_what_was_not_on_its_disk(home: Home) -> None:
    state = load(home)
    before = on(home, "pi-4", "sh", "-c", FINGERPRINT)
    on(home, "pi-4", "sh", "-c", "sysctl -qw net.ipv4.tcp_fin_timeout=7 net.ipv4.ip_forward=1")
    on(home, "pi-4", "sh", "-c", "nft add table inet mine; ip link add name mine type bridge")
    assert on(home, "pi-4", "sh", "-c", FINGERPRINT) != before
    faults.lose(home, state, "pi-4")
    faults.start(home, state, "pi-4")
    assert on(home, "pi-4", "sh", "-c", FINGERPRINT) == before


@pytest.mark.parametrize("half", ["cable aside", "namespace gone", "cable back"])
def test_a_start_that_was_killed_half_way_is_started_again(home: Home, half: str) -> None:
    state, where = load(home), home.namespace("pi-4")
    switch = home.namespace(SWITCH)
    before = on(home, "pi-4", "sh", "-c", FINGERPRINT)
    faults.lose(home, state, "pi-4")
    ip_batch(["link set eth0 down", f"link set eth0 netns {switch} name cable4"], namespace=where)
    if half != "cable aside":
        ip_batch([f"netns del {where}"])
    if half == "cable back":
        ip_batch([f"netns add {where}"])
        ip_batch([f"link set cable4 netns {where} name eth0"], namespace=switch)
    faults.start(home, state, "pi-4")
    assert on(home, "pi-4", "sh", "-c", FINGERPRINT) == before


def test_without_power_a_router_lets_through_what_it_did_when_it_was_made(home: Home) -> None:
    state = load(home)
    before = on(home, "gate", "nft", "--stateless", "list", "ruleset")
    on(home, "gate", "sh", "-c", "nft flush ruleset; sysctl -qw net.ipv4.ip_forward=0")
    faults.lose(home, state, "gate")
    faults.start(home, state, "gate")
    assert on(home, "gate", "nft", "--stateless", "list", "ruleset") == before
    assert on(home, "gate", "sysctl", "-n", "net.ipv4.ip_forward") == "1"


def test_a_node_that_runs_is_not_started_twice(home: Home) -> None:
    with pytest.raises(Refused, match="pi-1 runs"):
        faults.start(home, load(home), "pi-1")


@pytest.mark.parametrize("name", ["vm/overcommit_memory", "kernel/panic", "fs/file-max"])
def test_settings_of_the_real_machine_are_read_only(home: Home, name: str) -> None:
    path = f"/proc/sys/{name}"
    argv = ["sh", "-c", f"cat {path} > {path}"]  # what it is already, should it get through
    done = run_sync(enter(home, "pi-1", argv), env=environment(), timeout=30)
    assert done.code != 0
    assert "Read-only file system" in done.err


async def test_modules_the_clock_and_the_power_switch_are_out_of_reach(home: Home) -> None:
    command = "grep CapEff /proc/self/status"
    for said in (await by_ssh(home, "pi-1", f"sudo {command}"), on(home, "pi-1", *command.split())):
        held = int(said.split()[1], 16)
        assert held & 1 << CAP_SYS_ADMIN
        assert not held & (1 << CAP_SYS_MODULE | 1 << CAP_SYS_BOOT | 1 << CAP_SYS_TIME)


def test_settings_of_its_network_are_its_own(home: Home) -> None:
    ours = Path("/proc/sys/net/ipv4/tcp_fin_timeout").read_text()
    on(home, "pi-1", "sh", "-c", "echo 7 > /proc/sys/net/ipv4/tcp_fin_timeout")
    assert on(home, "pi-1", "cat", "/proc/sys/net/ipv4/tcp_fin_timeout") == "7"
    assert Path("/proc/sys/net/ipv4/tcp_fin_timeout").read_text() == ours
