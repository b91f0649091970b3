"""What travels to a host, and what happens when it goes silent: the real agent, on a folder."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from integration.host.machines import RACK, make, take, want
from rackhouse.kit.errors import HostError, Missing, RackhouseError, Unavailable
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Text
from rackhouse.resources.host import Download, File
from rackhouse.resources.seen import Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.host import Host
from rackhouse.targets.host.agent.disk import name_of_group, name_of_user
from rackhouse.transport.local import Local, LocalChannel

OURS = {"user": name_of_user(os.geteuid()), "group": name_of_group(os.getegid())}


class Counted(Local):
    """Counts messages each way; kills the agent after it has said so many."""

    sent = heard = 0
    kill_after = -1
    channel: LocalChannel | None = None

    async def open(self, argv: Sequence[str]) -> LocalChannel:
        channel = self.channel = await super().open(argv)
        read, write = channel.read, channel.write

        async def counted_read(count: int) -> bytes:
            data = await read(count)
            self.heard += count != 4  # the length, then the message
            if self.heard == self.kill_after and count != 4:
                channel.kill()
            return data

        async def counted_write(data: bytes) -> None:
            self.sent += 1
            await write(data)

        channel.read, channel.write = counted_read, counted_write  # type: ignore[method-assign]
        return channel


class Machine:
    """A folder as a machine, and the connections to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "etc").mkdir(parents=True)
        (root / "var/lib").mkdir(parents=True)
        self.lines: list[Counted] = []
        self.kill_after = -1
        self.host = Host(
            "host.a",
            rack=RACK,
            connect=self.connect,
            fingerprint=Fingerprint(MemoryStore()),
            root=str(root),
        )

    async def connect(self) -> Counted:
        line = Counted()
        line.kill_after, self.kill_after = self.kill_after, -1
        self.lines.append(line)
        return line


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    machine = Machine(tmp_path / "root")
    yield machine
    await machine.host.close()


def file(name: str, content: Text) -> Resource[File]:
    return want("file", name, File(f"/etc/{name}", content, **OURS))


async def test_all_of_one_moment_travels_as_one_message(machine: Machine) -> None:
    await machine.host.observe(None)
    [line] = machine.lines
    before = line.sent
    made = await asyncio.gather(
        *(make(machine.host, file(f"f{n}", Text.of(str(n)))) for n in range(20)),
        machine.host.observe(None),
    )
    assert line.sent == before + 1
    assert len(made[-1]) == 20  # asked last, answered last
    assert len(machine.lines) == 1


async def test_what_a_dead_agent_was_asked_another_answers(machine: Machine) -> None:
    await machine.host.observe(None)
    channel = machine.lines[0].channel
    assert channel is not None
    os.killpg(channel._process.pid, signal.SIGSTOP)  # so that it cannot answer first
    asked = asyncio.ensure_future(machine.host.observe(None))
    await asyncio.sleep(0.1)
    channel.kill()
    assert await asked == []
    assert len(machine.lines) == 2


async def test_an_agent_that_dies_in_mid_step_is_unavailable(machine: Machine) -> None:
    await machine.host.observe(None)
    machine.lines[0].kill_after = machine.lines[0].heard + 1  # it says what it begins
    with pytest.raises(Unavailable, match=r"host\.a/file/f: lost in mid-step"):
        await make(machine.host, file("f", Text.of("x")))
    assert (await make(machine.host, file("f", Text.of("x")))).ready


async def test_an_agent_that_hangs_is_given_up(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection stands: SSH answers by itself while a disk dies under the agent."""
    await machine.host.observe(None)
    channel = machine.lines[0].channel
    assert channel is not None
    monkeypatch.setattr("rackhouse.targets.host.conversation.LOOKING", 0.3)
    os.killpg(channel._process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(Unavailable, match=r"host\.a: lost in mid-step: nothing was heard"):
            await machine.host.observe(None)
    finally:
        channel.kill()
    assert await machine.host.observe(None) == []


@pytest.mark.slow
async def test_killed_after_any_message_the_next_try_ends_the_same(tmp_path: Path) -> None:
    """A real SIGKILL, while three files and a download are made."""
    source = tmp_path / "source"
    source.write_bytes(os.urandom(700_000))
    spec = Download("/usr/bin/k3s", str(source), sha256(source.read_bytes()).hexdigest(), 0o755)
    wanted = [*(file(f"f{n}", Text.of(str(n))) for n in range(3)), want("download", "k3s", spec)]
    for after in range(1, 40):
        machine = Machine(tmp_path / str(after))
        machine.kill_after = after
        await _all(machine, wanted)
        await _all(machine, wanted)
        killed = len(machine.lines) > 1
        files = {p.name: p.read_bytes() for p in (machine.root / "etc").iterdir()}
        assert files == {f"f{n}": str(n).encode() for n in range(3)}
        assert (machine.root / "usr/bin/k3s").read_bytes() == source.read_bytes()
        for seen in await machine.host.observe(None):
            assert seen.stamp
            assert seen.stamp.found == seen.found
            await take(machine.host, seen)
        assert [p.name for p in machine.root.iterdir() if p.name != "var"] == ["etc"]
        await machine.host.close()
        if not killed:
            assert after > 5
            return
    pytest.fail("it was killed each time")


async def _all(machine: Machine, wanted: Sequence[Resource[Any]]) -> None:
    for resource in wanted:
        with suppress(Unavailable):
            await make(machine.host, resource)


async def test_values_arrive_and_stay_out_of_records(machine: Machine) -> None:
    ref = Ref(Id("vault", "secret", "x"), "value")
    resource = file("secret", Text.of("token = ", ref))
    stamp = Stamp(rack=RACK, digest=resource.digest)
    said: list[str] = []
    seen = await machine.host.ensure(resource, stamp, {ref: Hidden("s3cret")}, said.append)
    assert (machine.root / "etc/secret").read_text() == "token = s3cret"
    records = machine.root / "var/lib/rackhouse"
    assert not [p for p in records.rglob("*") if p.is_file() and b"s3cret" in p.read_bytes()]
    assert all(p.stat().st_mode & 0o077 == 0 for p in records.rglob("*"))
    assert "s3cret" not in f"{seen} {said}"


async def test_a_file_of_this_machine_is_sent_by_its_checksum(
    machine: Machine, tmp_path: Path
) -> None:
    source = tmp_path / "k3s"
    source.write_bytes(os.urandom(700_000))  # three pieces
    digest = sha256(source.read_bytes()).hexdigest()
    spec = Download("/usr/local/bin/k3s", str(source), digest, 0o755)
    seen = await make(machine.host, want("download", "k3s", spec))
    there = machine.root / "usr/local/bin/k3s"
    assert there.read_bytes() == source.read_bytes()
    assert there.stat().st_mode & 0o777 == 0o755
    assert (await machine.host.output(Ref(seen.id, "digest"))).reveal() == digest
    source.unlink()  # there already: not sent again
    assert await make(machine.host, want("download", "k3s", spec)) == seen
    other = Download("/usr/local/bin/other", str(source), digest)
    with pytest.raises(Missing, match="no such file"):
        await make(machine.host, want("download", "other", other))
    source.write_bytes(b"other")
    with pytest.raises(Missing, match="is not the file that is wanted"):
        await make(machine.host, want("download", "other", other))


async def test_a_failure_names_host_thing_and_fix(machine: Machine) -> None:
    (machine.root / "etc/f").mkdir()
    with pytest.raises(RackhouseError, match=r"^host\.a/file/f: /etc/f is a folder\n  fix: move"):
        await make(machine.host, file("f", Text.of("x")))
    wide = "x" * 300
    with pytest.raises(HostError, match="file name too long"):
        await make(machine.host, file(wide, Text.of("x")))
