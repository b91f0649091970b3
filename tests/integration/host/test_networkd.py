"""systemd-networkd's files on a Debian that systemd booted: tried, kept, and gone back from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from integration.host.booted import Booted, booted
from integration.host.machines import RACK, changed, make, rootfs, take, want
from rackhouse.kit.errors import NotReady
from rackhouse.resources.core import Resource
from rackhouse.resources.host import Networkd
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.host import Host

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
NAME = "20-rackhouse-wan.network"
BY_HAND = "192.0.2.7"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("networkd")


@pytest.fixture(scope="module")
def machine(place: Path) -> Iterator[Booted]:
    with booted(rootfs(), place) as machine:
        yield machine


@pytest.fixture
async def host(machine: Booted) -> AsyncIterator[Host]:
    fingerprint = Fingerprint(MemoryStore())
    target = Host("host.a", rack=RACK, connect=machine.enter, fingerprint=fingerprint)
    yield target
    await target.close()


def wan(*addresses: str, confirm: float = 20.0) -> Resource[Networkd]:
    lines = "".join(f"Address={each}/24\n" for each in addresses)
    text = f"[Match]\nName=wan\n\n[Network]\n{lines}LinkLocalAddressing=no\n"
    return want("networkd", "router", Networkd(((NAME, text),), confirm))


async def run(machine: Booted, *argv: str) -> str:
    line = await machine.enter()
    try:
        done = await line.line.run(" ".join(argv), check=True)
        return str(done.stdout)
    finally:
        await line.close()


async def addresses(machine: Booted) -> list[str]:
    words = (await run(machine, "ip", "-4", "-brief", "address", "show", "wan")).split()
    return [each.partition("/")[0] for each in words[2:]]


async def until(machine: Booted, *wanted: str) -> None:
    """These are there, and no other that we ever gave it; what a hand gave it may stay."""
    for _ in range(100):
        found = set(await addresses(machine))
        if found >= set(wanted) and found <= {*wanted, BY_HAND}:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{found}, not {wanted}")


async def test_kept_changed_gone_back_from_and_undone(
    host: Host, machine: Booted, place: Path
) -> None:
    await run(machine, "ip link add name wan type veth peer name far")
    await run(
        machine, f"ip address add {BY_HAND}/24 dev wan; ip link set wan up; ip link set far up"
    )

    # The first time: what somebody had set by hand comes back where nobody gets in any more.
    connect = host._talk._connect
    await host.observe(None)

    async def nobody() -> None:
        raise NotReady("nobody is let in")

    host._talk._connect = nobody  # type: ignore[assignment]
    with pytest.raises(NotReady, match="goes back to what it had"):
        await make(host, wan("192.0.2.9", confirm=3.0))
    host._talk._connect = connect
    await until(machine, BY_HAND)
    assert not [name for name in changed(place) if "rackhouse-wan" in name]
    assert not (await run(machine, "systemctl is-active systemd-networkd || :")).startswith(
        "active"
    )

    kept = await make(host, wan("192.0.2.8"))
    assert kept.ready
    await until(machine, "192.0.2.8")
    assert f"etc/systemd/network/{NAME}" in changed(place)
    assert "00-trial" not in await run(machine, "ls /run/systemd/network /run/rackhouse/trials")
    assert (await run(machine, "systemctl is-enabled systemd-networkd")).strip() == "enabled"
    assert await make(host, wan("192.0.2.8")) == kept

    # The second time: networkd's own last files are in force again.
    host._talk._connect = nobody  # type: ignore[assignment]
    with pytest.raises(NotReady, match="goes back to what it had"):
        await make(host, wan("192.0.2.9", confirm=3.0))
    host._talk._connect = connect
    await until(machine, "192.0.2.8")

    # Whoever dies in mid-trial has changed nothing: the next begins by going back.
    again = await make(host, wan("192.0.2.10", "192.0.2.11"))
    await until(machine, "192.0.2.10", "192.0.2.11")
    (place / "up/etc/systemd/network" / NAME).write_text("# by hand\n")
    [spoilt] = await host.observe(None)
    assert spoilt.found != again.found
    assert await make(host, wan("192.0.2.10", "192.0.2.11")) == again

    await take(host, again)
    assert not [name for name in changed(place) if "rackhouse-wan" in name]
    assert not (await run(machine, "systemctl is-enabled systemd-networkd || :")).startswith("en")
