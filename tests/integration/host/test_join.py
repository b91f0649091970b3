"""A machine joins, by a real sshd: pinned after a question, proved, measured, remembered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.host.sshd import Server, sshd
from rackhouse.apply.joined import facts, joined
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.cli.main import run
from rackhouse.kit.errors import Missing, Refused
from rackhouse.operations.hosts.join import address_of, forget, join
from rackhouse.transport.address import Address
from rackhouse.transport.ssh import fingerprint

pytestmark = pytest.mark.slow

RACK = "rack: test\nnodes: {desk: {role: dev, address: 127.0.0.1}}\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with sshd(tmp_path) as server:
        yield server


@pytest.fixture
def house(tmp_path: Path) -> Iterator[OpenRack]:
    file = tmp_path / "rack.yaml"
    file.write_text(RACK)
    made = open_rack(file, root=tmp_path / "home", now=datetime.now(UTC))
    yield made
    made.close()


def unpinned(house: OpenRack, server: Server) -> Address:
    """As `hosts add` has it; without sudo, which an account of a test may not use."""
    there = server.address
    at = f"{there.user}@127.0.0.1:{there.port}"
    return replace(address_of(house, "desk", at, there.key), sudo=False)


async def test_it_joins_once_its_key_is_trusted(house: OpenRack, server: Server) -> None:
    asked: list[str] = []

    def trusts(address: Address, shown: str) -> bool:
        asked.append(shown)
        return True

    address = await join(house, "desk", unpinned(house, server), trusts)
    assert asked == [fingerprint(server.address.host_key)]
    assert address.host_key == server.address.host_key
    assert Address.parse(joined(house.store)["desk"]) == address
    assert facts(house.store)["desk"]["addresses"]["lo"] == ["127.0.0.1"]
    forget(house, "desk")
    assert joined(house.store) == {}
    with pytest.raises(Missing, match="has not joined"):
        forget(house, "desk")


async def test_without_trust_nothing_is_remembered(house: OpenRack, server: Server) -> None:
    with pytest.raises(Refused, match="was not trusted"):
        await join(house, "desk", unpinned(house, server), lambda _address, _shown: False)
    assert joined(house.store) == {}


def test_nobody_there_to_ask_is_a_refusal(
    house: OpenRack,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("RACKHOUSE_HOME", str(house.paths.root))
    there = server.address
    at = f"{there.user}@127.0.0.1:{there.port}"
    rack = ["-f", str(house.file), "hosts"]
    assert run([*rack, "add", "desk", "--at", at, "--key", there.key]) == Refused.exit_code
    said = capsys.readouterr().err
    assert fingerprint(there.host_key) in said
    assert "--host-key" in said
    assert run([*rack, "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["node"], row["reached"]) == ("desk", "")
