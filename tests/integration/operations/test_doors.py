"""The way in, tried by real connections: from here, and by a real sshd that stands elsewhere."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from integration.host.sshd import sshd
from rackhouse.cli.main import run
from rackhouse.desired.network.internet import Door
from rackhouse.kit.errors import Missing
from rackhouse.operations import doors
from rackhouse.rack.load import load
from rackhouse.rack.model import Ingress, Rack

RACK = load("""\
domain: example.org
ingress: {http: 8080, https: 8443}
applications:
  photos: {folder: ./photos, exposure: internet}
""")


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await writer.drain()
    writer.close()


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None, *, silent: bool = False) -> AsyncIterator[int]:
    work = _silent if silent else _answer
    async with await asyncio.start_server(work, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """With a certificate that no browser knows."""
    import subprocess

    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    argv += ["-nodes", "-keyout", str(key), "-out", str(cert), "-subj", "/CN=photos.example.org"]
    subprocess.run([*argv, "-days", "1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def at(http: int, https: int) -> Rack:
    return replace(RACK, ingress=Ingress(http=http, https=https))


async def test_from_inside(tls: ssl.SSLContext) -> None:
    async with serving() as http, serving(tls) as https:
        tried = await doors.from_inside(at(http, https))
    assert [(each.side, each.door.port, each.right) for each in tried] == [
        ("inside", 80, True),
        ("inside", 443, True),
    ]
    assert tried[0].found == "open (HTTP/1.1 200 OK)"
    tried = await doors.from_inside(at(http, https))  # they have gone
    assert not any(each.answers for each in tried)
    assert tried[0].found.startswith("shut (")


async def test_who_closes_at_once_is_shut() -> None:
    async with serving(silent=True) as http:
        tried = await doors.from_inside(at(http, http))
    assert not any(each.answers for each in tried)
    assert all(each.found.startswith("shut (") for each in tried)


@pytest.mark.slow
async def test_from_outside(
    tmp_path: Path, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving() as http, serving(tls) as https:
        wanted = (
            Door(host="127.0.0.1", port=http, open=True),
            Door(host="127.0.0.1", port=1, open=False),
            Door(host="127.0.0.1", port=https, open=True),
        )
        monkeypatch.setattr(doors, "doors", lambda _rack, _outer: wanted)
        monkeypatch.setattr(doors, "_TLS", frozenset({https}))
        with sshd(tmp_path) as server:
            tried = await doors.from_outside(RACK, server.address)
    assert [each.answers for each in tried] == [True, False, False]
    assert [each.right for each in tried] == [True, True, False]
    assert "its certificate is not known" in tried[2].found


async def test_without_a_name_there_is_nothing_to_try(tmp_path: Path) -> None:
    from rackhouse.transport.address import Address

    with pytest.raises(Missing, match="no name to try from outside"):
        await doors.from_outside(load(""), Address(host="127.0.0.1"))


def test_the_command_says_that_nothing_is_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rack.yaml"
    file.write_text("rack: test\n")
    assert run(["-f", str(file), "network", "check"]) == 0
    assert "nothing is open to the Internet" in capsys.readouterr().out
    assert run(["-f", str(file), "network", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
