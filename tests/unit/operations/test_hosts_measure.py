"""What `doctor NODE` measures: on this machine, through the channel that it has on any."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from rackhouse.apply.joined import join
from rackhouse.cli.main import run
from rackhouse.desired.k3s.facts import HostFacts
from rackhouse.kit.errors import HostError, Missing
from rackhouse.operations.hosts.checks import judged
from rackhouse.operations.hosts.examine import examine_hosts
from rackhouse.operations.hosts.health import Examined, Health
from rackhouse.operations.hosts.key import public_key
from rackhouse.operations.hosts.measure import facts_of
from rackhouse.operations.hosts.visit import entered
from rackhouse.rack.load import load
from rackhouse.store.memory import MemoryStore
from rackhouse.store.sqlite import SqliteStore
from rackhouse.transport.local import Local

RACK = """
nodes:
  pi-1: {role: server, address: 192.0.2.77, arch: arm64, disk: sd}
clusters:
  home:
    nodes: [pi-1]
    k3s: {version: v1.34.1+k3s1, sums: {arm64: {program: "SUM"}}}
""".replace("SUM", "0" * 64)


async def measure() -> HostFacts:
    connection = Local()
    try:
        async with entered(connection, "here", sudo=False) as at:
            return await facts_of(at)
    finally:
        await connection.close()


async def test_a_machine_is_measured() -> None:
    facts = await measure()
    assert facts.cpus == os.cpu_count()
    assert facts.page_size == os.sysconf("SC_PAGE_SIZE")
    assert facts.kernel == os.uname().release
    assert facts.clock_offset is not None
    assert abs(facts.clock_offset) < 5
    assert facts.addresses
    assert facts.addresses["lo"] == ("127.0.0.1",)
    assert not list(Path("/var/lib").glob(".rackhouse-fsync"))


async def test_what_is_listened_on_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        facts = await measure()
        port = door.getsockname()[1]
    assert facts.ports
    assert f"{port}/tcp" in facts.ports


async def test_where_it_cannot_be_measured_it_is_said_why() -> None:
    lacking = Local(("sh", "-c", "echo no python >&2; exit 1"))
    async with entered(lacking, "here", sudo=False) as at:
        with pytest.raises(HostError, match="cannot be measured: no python"):
            await at.ask("facts")


async def test_only_what_has_joined_is_measured() -> None:
    with pytest.raises(Missing, match="pi-9 has not joined"):
        await examine_hosts(load(RACK, "rack.yaml"), MemoryStore(), ["pi-9"])


def test_what_was_measured_is_judged() -> None:
    rack = load(RACK, "rack.yaml")
    small = Examined(facts=HostFacts(arch="amd64", memory=2**30), health=Health())
    found = judged(rack, {"pi-1": small, "pi-2": HostError("gone")})
    assert {"another-architecture", "too-small"} <= {each.rule for each in found}
    assert {each.node for each in found} == {"pi-1"}


def test_a_machine_that_does_not_answer_is_a_line_and_exit_code_7(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = tmp_path / "rack.yaml", tmp_path / "home"
    file.write_text(RACK)
    home.mkdir(mode=0o700)
    store = SqliteStore(home / "store.db")
    words = {"host": "127.0.0.1", "port": "1", "host_key": public_key(store, "home")}
    join(store, "pi-1", words)
    store.close()
    monkeypatch.setenv("RACKHOUSE_HOME", str(home))
    assert run(["-f", str(file), "doctor", "pi-1", "--json"]) == HostError.exit_code
    assert "127.0.0.1 port 1" in json.loads(capsys.readouterr().out)["pi-1"]["error"]
