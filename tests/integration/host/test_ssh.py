"""SSH for real: who is let in, who is refused and how it is said, and a break in mid-step."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from integration.host.sshd import Server, make_key, sshd
from rackhouse.kit.errors import HostError, Missing, Refused, Unavailable
from rackhouse.targets.host.start import start
from rackhouse.transport import ssh

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with sshd(tmp_path) as server:
        yield server


async def say(server_address: ssh.Address, *argv: str) -> str:
    connection = await ssh.connect(server_address)
    try:
        channel = await connection.open(argv)
        return (await channel.read(5)).decode()
    finally:
        await connection.close()


async def test_arguments_arrive_as_they_were_said(server: Server) -> None:
    assert await say(server.address, "printf", "%s", "a 'b$") == "a 'b$"


async def test_a_key_is_fetched_and_pinned(server: Server) -> None:
    unknown = replace(server.address, host_key="")
    with pytest.raises(Refused, match=r"SHA256:[^ ]+\n  fix: rackhouse hosts add"):
        await ssh.connect(unknown)
    key = await ssh.fetch_host_key(unknown)
    assert key == server.address.host_key
    assert await say(unknown.pinned(key), "echo", "hello") == "hello"


async def test_a_changed_host_key_is_refused_with_both_fingerprints(
    server: Server, tmp_path: Path
) -> None:
    make_key(tmp_path / "earlier")
    earlier = " ".join((tmp_path / "earlier.pub").read_text().split()[:2])
    with pytest.raises(Refused) as refused:
        await ssh.connect(server.address.pinned(earlier))
    for key in (earlier, server.address.host_key):
        assert ssh.fingerprint(key) in str(refused.value)


async def test_a_wrong_key_is_refused(server: Server, tmp_path: Path) -> None:
    make_key(tmp_path / "other")
    with pytest.raises(Refused, match="takes neither our key nor a password"):
        await ssh.connect(replace(server.address, key=str(tmp_path / "other")))
    with pytest.raises(Missing, match="no such file"):
        await ssh.connect(replace(server.address, key=str(tmp_path / "nowhere")))
    (tmp_path / "noise").write_text("no key")
    with pytest.raises(Refused, match="cannot be used"):
        await ssh.connect(replace(server.address, key=str(tmp_path / "noise")))


async def test_nobody_there_is_unavailable(server: Server) -> None:
    with pytest.raises(Unavailable, match=r"cannot reach 127\.0\.0\.1 port 1: "):
        await ssh.connect(replace(server.address, port=1))


async def test_by_way_of_a_jump_host_and_of_a_program(server: Server) -> None:
    jumped = replace(server.address, jump=server.address)
    assert await say(jumped, "echo", "jumps") == "jumps"
    assert await ssh.fetch_host_key(jumped) == server.address.host_key
    relay = (
        "import socket,sys,threading\n"
        "s=socket.create_connection((sys.argv[1],int(sys.argv[2])))\n"
        "def up():\n while d:=sys.stdin.buffer.raw.read(65536): s.sendall(d)\n"
        "threading.Thread(target=up,daemon=True).start()\n"
        "while d:=s.recv(65536): sys.stdout.buffer.write(d); sys.stdout.buffer.flush()\n"
    )
    argv = (sys.executable, "-c", relay, "127.0.0.1", str(server.port))
    proxied = replace(server.address, proxy=argv)
    assert await say(proxied, "echo", "proxy") == "proxy"
    assert ssh.Address.parse(proxied.to_mapping()) == proxied
    assert shlex.join(argv) == proxied.to_mapping()["proxy"]


async def test_a_break_ends_the_channel(server: Server) -> None:
    connection = await ssh.connect(server.address)
    channel = await connection.open(("cat",))
    reading = asyncio.ensure_future(channel.read(1))
    await asyncio.sleep(0)
    connection.line.abort()
    with pytest.raises(EOFError):
        await reading
    assert (await channel.ended()).code is None
    await connection.close()


async def test_a_socket_of_the_machine_is_reached(server: Server, tmp_path: Path) -> None:
    async def hello(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"engine")
        writer.close()

    there, here = tmp_path / "there.sock", tmp_path / "here.sock"
    async with await asyncio.start_unix_server(hello, there):
        connection = await ssh.connect(server.address)
        await connection.forward(here, str(there))
        reader, writer = await asyncio.open_unix_connection(here)
        assert await reader.read() == b"engine"
        writer.close()
        await connection.close()


async def test_what_a_host_lacks_is_said(server: Server) -> None:
    connection = await ssh.connect(server.address)
    try:
        with pytest.raises(HostError, match=r"there is no python3\n.*python3-minimal"):
            await start(Without(connection), "host.a", sudo=False)
        with pytest.raises(HostError, match="there is no sudo"):
            await start(Without(connection), "host.a", sudo=True)
    finally:
        await connection.close()


class Without:
    """A machine on whose path nothing is, asked as an account's shell would be."""

    def __init__(self, connection: ssh.Ssh) -> None:
        self._connection = connection

    async def open(self, argv: Sequence[str]) -> ssh.SshChannel:
        return await self._connection.open(("sh", "-c", f"PATH=/nowhere; {shlex.join(argv)}"))

    async def close(self) -> None:
        await self._connection.close()
