"""Bad days of machines, for real: on a twin, over SSH, each said as what it is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import pytest

from integration.host.machines import make, want
from integration.host.rig import Rig
from rackhouse.apply.joined import joined
from rackhouse.kit.errors import HostError, RackhouseError, Refused, Unavailable
from rackhouse.operations.hosts.examine import Report, examine_hosts
from rackhouse.operations.hosts.join import join
from rackhouse.operations.hosts.roll_call import roll_call
from rackhouse.resources.core import Text
from rackhouse.resources.host import Download, File
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.host import Host
from rackhouse.transport import ssh
from rackhouse.twin import faults
from rackhouse.twin.tools import tool

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    try:
        yield
    finally:
        undo()


def target(address: ssh.Address) -> Host:

    async def connect() -> ssh.Ssh:
        return await ssh.connect(address)

    fingerprint = Fingerprint(MemoryStore())
    return Host("host.a", rack="days", connect=connect, fingerprint=fingerprint, sudo=True)


async def refusal(address: ssh.Address) -> RackhouseError:
    """What is said when a file shall lie there."""
    host = target(address)
    try:
        with pytest.raises(RackhouseError) as error:
            await make(host, want("file", "it", File("/etc/it", Text.of("x"))))
    finally:
        await host.close()
    return error.value


async def examined(rig: Rig, folder: Path, *nodes: str, between: bool = False) -> Report:
    with rig.house(folder, *nodes) as house:
        return await examine_hosts(house.rack, house.store, nodes, between=between)


def rules(report: Report) -> dict[str, set[str]]:
    """Node by rule; without what a twin lacks anyway: K3s' machine, names."""
    found: dict[str, set[str]] = {}
    for finding in report.findings:
        found.setdefault(finding.rule, set()).add(finding.node)
    return found


async def test_sudo_that_wants_a_password_and_none_at_all(rig: Rig) -> None:
    allowed = "/etc/sudoers.d/010_pi-nopasswd"
    with undone(lambda: rig.on("pi-1", f"sed -i 's/ PASSWD:/ NOPASSWD:/' {allowed}")):
        rig.on("pi-1", f"sed -i 's/ NOPASSWD:/ PASSWD:/' {allowed}")
        error = await refusal(rig.address("pi-1"))
        assert isinstance(error, HostError)
        assert "sudo asks for a password there" in error.what
        assert "NOPASSWD: ALL" in error.fix
    with undone(lambda: rig.on("pi-1", f"mv /root/allowed {allowed}")):
        rig.on("pi-1", f"mv {allowed} /root/allowed")
        assert "sudo asks for a password there" in (await refusal(rig.address("pi-1"))).what
    with undone(lambda: rig.on("pi-1", "mv /usr/bin/sudo.gone /usr/bin/sudo")):
        rig.on("pi-1", "mv /usr/bin/sudo /usr/bin/sudo.gone")
        assert (await refusal(rig.address("pi-1"))).what == "there is no sudo"


async def test_a_full_disk_and_one_that_went_read_only(rig: Rig, tmp_path: Path) -> None:
    with undone(lambda: rig.on("pi-1", "umount /var/lib/rackhouse")):
        rig.on(
            "pi-1",
            "mkdir -p /var/lib/rackhouse; mount -t tmpfs -o nr_inodes=2 f /var/lib/rackhouse",
        )
        error = await refusal(rig.address("pi-1"))
        assert "no space left on device" in error.what
        assert error.fix.startswith("the disk is full")
    with undone(lambda: rig.on("pi-1", "mount -o remount,rw /")):
        rig.on("pi-1", "mount -o remount,ro /")
        error = await refusal(rig.address("pi-1"))
        assert "read-only file system" in error.what
        assert "a worn SD card goes so" in error.fix
        report = await examined(rig, tmp_path, "pi-1")
        assert rules(report)["read-only"] == {"pi-1"}


async def test_a_host_key_that_changed_is_refused_until_it_joins_again(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "/etc/ssh/ssh_host_ed25519_key"
    before = rig.address("pi-3")

    def back() -> None:
        rig.on("pi-3", f"mv /root/key {key}; mv /root/key.pub {key}.pub")
        rig.restart("pi-3")

    monkeypatch.setattr("rackhouse.operations.hosts.roll_call.PATIENCE", 10.0)  # we may be busy
    with rig.house(tmp_path, "pi-2", "pi-3") as house, undone(back):
        rig.on("pi-3", f"cp {key} /root/key; cp {key}.pub /root/key.pub; rm {key}")
        rig.on("pi-3", f"ssh-keygen -q -t ed25519 -N '' -f {key}")
        rig.restart("pi-3")
        rows = {row.node: row for row in await roll_call(house.rack, house.store)}
        assert (rows["pi-2"].answers, rows["pi-2"].wrong) == (True, "")
        assert rows["pi-3"].answers is True
        assert "has changed: it was SHA256:" in rows["pi-3"].wrong
        said = str(await refusal(before))
        assert "two machines have this address" in said
        after = await join(house, "pi-3", before.pinned(""), lambda _address, _shown: True)
        assert after.host_key not in ("", before.host_key)
        rows = {row.node: row for row in await roll_call(house.rack, house.store)}
        assert rows["pi-3"].wrong == ""


async def test_a_clock_years_off_is_an_error_and_says_by_how_much(rig: Rig, tmp_path: Path) -> None:
    """No namespace has a clock of its own: this machine's Python tells another time."""
    late = "import time; now = time.time; time.time = lambda: now() - 5 * 365 * 86400"
    file = "/usr/lib/python3.11/sitecustomize.py"
    with undone(lambda: rig.on("pi-1", f"mv /root/site {file}")):
        rig.on("pi-1", f"mv {file} /root/site; echo '{late}' > {file}")
        report = await examined(rig, tmp_path, "pi-1", "pi-2")
    (found,) = (each for each in report.findings if each.rule == "clock-off")
    assert (found.node, found.severity) == ("pi-1", "error")
    assert "1825 d" in found.what
    assert report.bad


async def test_a_machine_that_hangs_is_silent_and_holds_nobody_up(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kernel still takes connections, and nothing on it answers."""
    monkeypatch.setattr(ssh.connect, "__kwdefaults__", {"password": "", "patience": 6.0})
    monkeypatch.setattr("rackhouse.operations.hosts.roll_call.PATIENCE", 5.0)  # we may be busy
    with undone(lambda: rig.signal("pi-2", SIGCONT)), rig.house(tmp_path, "pi-1", "pi-2") as h:
        rig.signal("pi-2", SIGSTOP)
        began = asyncio.get_running_loop().time()
        rows = {row.node: row for row in await roll_call(h.rack, h.store)}
        assert asyncio.get_running_loop().time() - began < 9
        assert (rows["pi-1"].answers, rows["pi-2"].answers) == (True, False)
        assert rows["pi-2"].wrong.startswith("no answer within 5 s")
        report = await examine_hosts(h.rack, h.store, ["pi-1", "pi-2"])
    assert isinstance(report.measured["pi-2"], Unavailable)
    assert rules(report)["heard"] == {"pi-2"}  # it runs and is cabled: look at its SSH


async def test_a_slow_line_is_slow_and_no_more(rig: Rig) -> None:
    with undone(lambda: faults.mend(rig.home, rig.state, "pi-1")):
        faults.degrade(rig.home, rig.state, "pi-1", rate="256kbit", loss=5)
        host = target(rig.address("pi-1"))
        try:
            assert (await make(host, want("file", "it", File("/etc/slow", Text.of("x"))))).ready
        finally:
            await host.close()


async def test_power_lost_in_mid_step_is_said_and_the_next_try_goes_on(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "KEEPALIVE", (1, 2))  # of 15 seconds, that a Pi under load may take
    source = tmp_path / "k3s"
    source.write_bytes(os.urandom(10_000_000))
    digest = sha256(source.read_bytes()).hexdigest()
    wanted = want("download", "k3s", Download("/usr/local/bin/k3s", str(source), digest, 0o755))
    host = target(rig.address("pi-2"))
    said: list[str] = []
    with undone(lambda: faults.mend(rig.home, rig.state, "pi-2")):
        faults.degrade(rig.home, rig.state, "pi-2", rate="16mbit")
        await host.observe(None)
        asked = asyncio.ensure_future(make(host, wanted, said))
        await asyncio.sleep(1.5)
        assert not asked.done()
        faults.lose(rig.home, rig.state, "pi-2")
    faults.lose(rig.home, rig.state, "pi-2")  # mending has plugged its cable in
    with (
        undone(lambda: faults.start(rig.home, rig.state, "pi-2")),
        pytest.raises(Unavailable, match=r"lost in mid-step|cannot reach"),
    ):
        await asked
    monkeypatch.undo()
    assert rig.on("pi-2", "ls /usr/local/bin") == ""
    async with asyncio.timeout(30):
        while True:
            with suppress(Unavailable):  # it has only just been switched on
                assert (await make(host, wanted)).ready
                break
            await asyncio.sleep(0.5)
    assert rig.on("pi-2", "sha256sum /usr/local/bin/k3s").split()[0] == digest
    await host.close()


async def test_two_machines_with_one_address_are_found_on_the_wire(
    rig: Rig, tmp_path: Path
) -> None:
    namespace = rig.home.namespace("pi-3")
    mac = tool(["ip", "netns", "exec", namespace, "cat", "/sys/class/net/eth0/address"]).strip()
    twice = ("10.20.20.11/32", "dev", "eth0")
    with undone(lambda: tool(["ip", "-n", namespace, "addr", "del", *twice])):
        tool(["ip", "-n", namespace, "addr", "add", *twice])
        with rig.house(tmp_path) as house:
            with pytest.raises(Refused, match=f"has its address 10.20.20.11 too: .*{mac}"):
                await join(house, "pi-1", rig.address("pi-1"), lambda _address, _shown: True)
            assert joined(house.store) == {}
        report = await examined(rig, tmp_path, "pi-1", "pi-2")
        assert rules(report)["address-twice"] == {"pi-1"}


async def test_one_machine_under_two_names_and_a_copied_card(rig: Rig, tmp_path: Path) -> None:
    with rig.house(tmp_path) as house:
        await join(house, "pi-1", rig.address("pi-1"), lambda _address, _shown: True)
        with pytest.raises(Refused, match="pi-2: it shows the host key of pi-1"):
            await join(house, "pi-2", rig.address("pi-1"), lambda _address, _shown: True)
        other = replace(rig.address("pi-2"), host="10.20.20.11")
        with pytest.raises(Refused, match="pi-1 has joined at that address"):
            await join(house, "pi-2", other, lambda _address, _shown: True)
        own = rig.on("pi-2", "cat /etc/machine-id")
        with undone(lambda: rig.on("pi-2", f"echo {own.strip()} > /etc/machine-id")):
            rig.on(
                "pi-2", f"echo {rig.on('pi-1', 'cat /etc/machine-id').strip()} > /etc/machine-id"
            )
            with pytest.raises(Refused, match="it has the machine id of pi-1") as cloned:
                await join(house, "pi-2", rig.address("pi-2"), lambda _address, _shown: True)
        assert "systemd-machine-id-setup" in cloned.value.fix
        await join(house, "pi-2", rig.address("pi-2"), lambda _address, _shown: True)
        assert set(joined(house.store)) == {"pi-1", "pi-2"}


def test_a_wrong_vlan_and_a_cable_that_is_out_are_told_apart(rig: Rig, tmp_path: Path) -> None:
    """At the desk, as with a real rack: neither answers, and the other VLAN hears one of them."""
    table = f"--db=unix:{rig.home.switch / 'db.sock'}"
    with rig.house(tmp_path, "pi-1", "pi-2", "pi-3", "box"):
        pass
    with (
        undone(lambda: tool(["ovs-vsctl", table, "set", "port", "lan2", "tag=20"])),
        undone(lambda: faults.mend(rig.home, rig.state, "pi-3")),
    ):
        tool(["ovs-vsctl", table, "set", "port", "lan2", "tag=30"])
        faults.cut(rig.home, rig.state, "pi-3")
        done = rig.at_the_desk(tmp_path, "doctor", "pi-1", "pi-2", "pi-3", "box")
    assert done.code == HostError.exit_code
    # Silence, or the router's word that nobody is there: it depends on what the router remembers.
    assert "no  pi-2: cannot reach 10.20.20.12 port 22: " in done.out
    wrong = "box hears it: port 2 is in VLAN 30 (gpu), and should be in VLAN 20 (cluster)"
    assert f"no  pi-2: {wrong}" in done.out
    assert "no  pi-3: no machine of its network hears it either (pi-1 listened)" in done.out
    assert "is its cable in port 3, and is that in VLAN 20 (cluster)?" in done.out


async def test_lines_are_measured_and_a_short_one_is_found(rig: Rig, tmp_path: Path) -> None:
    names = ("box", "pi-1", "pi-2", "pi-3")
    report = await examined(rig, tmp_path / "good", *names, between=True)
    assert [(line.source, line.target) for line in report.lines] == [
        ("pi-2", "pi-1"),
        ("pi-3", "pi-1"),
        ("pi-3", "pi-2"),
    ]
    for line in report.lines:
        assert line.error == ""
        assert line.mtu == 1500
        assert line.ms is not None
        assert 0 < line.ms < 500
        assert min(line.out or 0, line.back or 0) > 1e6
    assert not {"line-cuts-packets", "lengths-apart", "address-twice"} & rules(report).keys()
    namespace = rig.home.namespace("pi-1")
    with undone(lambda: tool(["ip", "-n", namespace, "link", "set", "eth0", "mtu", "1500"])):
        tool(["ip", "-n", namespace, "link", "set", "eth0", "mtu", "1400"])
        report = await examined(rig, tmp_path / "short", "pi-1", "pi-2", between=True)
        (line,) = report.lines
        assert line.mtu is not None
        assert 1400 <= line.mtu <= 1404  # a cable of a twin takes the four bytes of a tag, too
        found = rules(report)
        assert found["line-cuts-packets"] == {"pi-2"}
        assert found["lengths-apart"] == {"pi-2"}


async def test_names_are_asked_of_the_server_that_the_machine_has(rig: Rig, tmp_path: Path) -> None:
    """The router's own dnsmasq is not up in a twin; this one stands beside the machine."""
    server = "dnsmasq -C /dev/null -R -h --port=53 --listen-address=127.0.0.1 --bind-interfaces"
    with undone(lambda: rig.on("pi-1", "kill $(cat /run/names); echo > /etc/resolv.conf")):
        record = "--host-record=pi-1.home.arpa,10.20.20.99 --pid-file=/run/names"
        rig.on("pi-1", f"{server} {record}; echo nameserver 127.0.0.1 > /etc/resolv.conf")
        report = await examined(rig, tmp_path, "pi-1")
    said = {each.what for each in report.findings if each.rule == "names-unknown"}
    assert "pi-1.home.arpa is 10.20.20.99 (asked 127.0.0.1)" in said
    assert any(what.startswith("deb.debian.org: the server refuses") for what in said)
