"""Units and restarts on a Debian that systemd booted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.host.booted import Booted, booted
from integration.host.machines import RACK, make, rootfs, take, want
from rackhouse.kit.errors import Missing, NotReady, Unavailable
from rackhouse.resources.core import Text
from rackhouse.resources.host import File, Restarted, Unit
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.host import Host
from rackhouse.transport import ssh

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
SERVICE = """[Service]
ExecStartPre=/bin/sh -c 'echo started {mark} >> /var/tmp/log'
ExecReload=/bin/sh -c 'echo reloaded >> /var/tmp/log'
ExecStart=/bin/sleep 1000
[Install]
WantedBy=multi-user.target
"""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Booted]:
    with booted(rootfs(), tmp_path) as machine:
        yield machine


@pytest.fixture
async def host(machine: Booted) -> AsyncIterator[Host]:
    fingerprint = Fingerprint(MemoryStore())
    target = Host("host.a", rack=RACK, connect=machine.enter, fingerprint=fingerprint)
    yield target
    await target.close()


async def write(host: Host, mark: str, service: str = SERVICE) -> None:
    content = Text.of(service.replace("{mark}", mark))
    await make(host, want("file", "it", File("/etc/systemd/system/it.service", content)))


def unit(*marks: str, **more: Any) -> Any:
    return want("unit", "it", Unit("it.service", tuple(map(Text.of, marks)), **more))


async def test_a_unit_starts_once_and_restarts_when_a_file_changed(
    host: Host, tmp_path: Path
) -> None:
    log = tmp_path / "up/var/tmp/log"
    await write(host, "one")
    seen = await make(host, unit("1"))
    assert seen.ready
    assert await make(host, unit("1")) == seen
    assert log.read_text() == "started one\n"
    await write(host, "two")
    steps = ("sh", "-c", "echo around >> /var/tmp/log")
    assert (await make(host, unit("2", before=steps, after=steps))).ready
    assert log.read_text() == "started one\naround\nstarted two\naround\n"
    await make(host, unit("3", reload=True))
    assert log.read_text().endswith("around\nreloaded\n")


async def test_a_unit_stopped_by_hand_is_seen_and_started(host: Host, tmp_path: Path) -> None:
    await write(host, "one")
    seen = await make(host, unit("1"))
    stop = Unit("it.service", running=False)  # as a hand would
    assert (await make(host, want("unit", "hand", stop))).ready
    [stopped] = await host.observe([seen.id])
    assert (stopped.ready, stopped.why) == (False, "it is inactive (dead)")
    assert stopped.found != seen.found
    assert (await make(host, unit("1"))).found == seen.found
    await take(host, seen)
    assert not (tmp_path / "up/etc/systemd/system/multi-user.target.wants/it.service").exists()


async def test_what_does_not_start_is_said_with_its_log(host: Host) -> None:
    with pytest.raises(Missing, match=r"there is no unit it\.service"):
        await make(host, unit())
    await write(host, "x", "[Service]\nExecStart=/bin/sh -c 'echo no such token; exit 3'\n")
    with pytest.raises(NotReady, match=r"it is \w+ \(\w+\)\n(.*\n)*.*no such token") as error:
        await make(host, unit(enabled=False, patience=1.0))
    assert error.value.fix == "on that machine: journalctl -u it.service"
    await write(host, "x")
    with pytest.raises(NotReady, match="its probe ends with 4: not yet"):
        await make(host, unit(patience=0.5, probe=("sh", "-c", "echo not yet; exit 4")))


async def test_a_machine_restarts_once_and_is_waited_for(host: Host, machine: Booted) -> None:
    said: list[str] = []
    resource = want("restarted", "it", Restarted((Text.of("a new name"),)))
    first = machine.first()
    seen = await make(host, resource, said)
    assert seen.ready
    assert machine.first() != first
    assert said[0] == "restarting the machine"
    again = machine.first()
    assert await make(host, resource) == seen
    assert machine.first() == again


async def test_lost_in_mid_step_is_unavailable_and_goes_on(host: Host) -> None:
    await write(host, "one")
    said: list[str] = []
    asked = asyncio.ensure_future(make(host, unit("1", probe=("sleep", "2")), said))
    while not said:  # it has begun
        await asyncio.sleep(0.05)
    assert isinstance(host._talk._line, ssh.Ssh)
    host._talk._line.line.abort()
    with pytest.raises(Unavailable, match="lost in mid-step: the connection broke"):
        await asked
    assert (await make(host, unit("1"))).ready
