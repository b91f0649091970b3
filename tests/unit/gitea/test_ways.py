"""The ways to a Gitea whose name no DNS knows: over TLS, at the machines that lead there."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rackhouse.kit.errors import Unavailable
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Hidden, Id, Resource, Text
from rackhouse.resources.seen import Stamp
from rackhouse.resources.vault import Authority, Certificate
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.gitea import server_of
from rackhouse.targets.gitea.server import Server
from rackhouse.targets.gitea.target import Gitea
from rackhouse.targets.gitea.ways import Ways
from rackhouse.targets.vault import open_target

OK = "application/json", b'{"version": "1.27.3"}'
JSON_404 = "application/json", b'{"message": "not found"}'
TRAEFIK_404 = "text/plain", b"404 page not found\n"


class Door:
    """An ingress: what it was asked, as whom it was called, and what it answers."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.says: list[tuple[int, str, bytes]] = [(200, *OK)]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heard.append(head)
        code, kind, body = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        lines = f"HTTP/1.1 {code} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
        writer.write(f"{lines}connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(door: Door, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    listener = await asyncio.start_server(door.answer, "127.0.0.1", 0, ssl=context)
    try:
        yield f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()


async def certified(folder: Path, name: str) -> tuple[str, ssl.SSLContext]:
    """The rack's own authority, and who shows a certificate of `name` by it."""
    store = MemoryStore()
    vault = open_target("vault", {}, rack="home", paths=Paths(folder), store=store)
    authority = Id("vault", "authority", "rack")
    certificate, key = authority.ref("certificate"), authority.ref("key")
    shown = Certificate(Text.of(certificate), Text.of(key), (name,))
    made = (
        Resource(id=authority, spec=Authority("home", domains=("home.arpa",))),
        Resource(id=Id("vault", "certificate", "home.gitea"), spec=shown),
    )
    for it in made:
        values = {ref: await vault.output(ref) for ref in it.refs}
        await vault.ensure(it, Stamp(rack="home", digest=it.digest), values, lambda _: None)
    pair = folder / "pair.pem"
    words = [await vault.output(made[1].id.ref(word)) for word in ("certificate", "key")]
    pair.write_text("\n".join(each.reveal() for each in words))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair)
    return (await vault.output(certificate)).reveal(), context


async def asked(at: str, authority: str) -> object:
    address = {"url": "https://git.home.arpa", "at": at, "user": "u", "password": "hunter2"}
    server = server_of({**address, "authority": authority})
    try:
        return await server.ask("GET", "/version")
    finally:
        await server.close()


@pytest.mark.slow
async def test_a_machine_is_called_by_its_address_and_shows_the_name(tmp_path: Path) -> None:
    door = Door()
    authority, context = await certified(tmp_path, "git.home.arpa")
    async with listening(door, context) as at:
        assert await asked(f"127.0.0.1:1,{at}", authority) == {"version": "1.27.3"}
    (head,) = door.heard
    assert "host: git.home.arpa\r\n" in head.lower()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["git.home.arpa", "hello.home.arpa"])
async def test_the_password_goes_to_nobody_that_is_not_vouched_for(
    tmp_path: Path, name: str
) -> None:
    door = Door()
    authority, context = await certified(tmp_path, name)
    async with listening(door, context) as at:
        with pytest.raises(Unavailable, match="certificate"):
            await asked(at, authority if name != "git.home.arpa" else "")
    assert door.heard == []


async def test_the_first_that_answers_is_asked_the_next_time() -> None:
    door = Door()
    async with listening(door) as at:
        ways = Ways("http://git.home.arpa", ("127.0.0.1:1", at))
        server = Server(ways, "u", Hidden("p"))
        for _ in range(2):
            await server.ask("GET", "/version")
        await server.close()
    assert len(door.heard) == 2


@pytest.mark.parametrize("answer", [(404, *TRAEFIK_404), (503, "text/plain", b"no server")])
async def test_an_ingress_with_nobody_behind_it_is_no_gitea_without_anything(
    answer: tuple[int, str, bytes],
) -> None:
    door = Door()
    door.says = [answer]
    async with listening(door) as at:
        server = Server(Ways(f"http://{at}"), "u", Hidden("p"))
        with pytest.raises(Unavailable):
            await server.ask("GET", "/orgs/home")
        door.says = [(404, *JSON_404)]
        assert await server.ask("GET", "/orgs/home") is None
        await server.close()


async def test_who_is_in_the_middle_of_an_apply_waits_until_the_ingress_leads_there() -> None:
    door = Door()
    door.says = [(503, "text/plain", b""), (200, *OK), (404, *JSON_404)]
    id = Id("gitea.home", "organisation", "home")
    async with listening(door) as at:
        server = Server(Ways(f"http://{at}"), "u", Hidden("p"), starts=20.0)
        target = Gitea("gitea.home", rack="home", server=server, store=MemoryStore())
        assert await target.observe([id]) == []
        assert len(door.heard) == 3
        door.says = [(503, "text/plain", b"")]
        looking = Gitea("gitea.home", rack="home", server=server, store=MemoryStore())
        with pytest.raises(Unavailable):
            await looking.observe(None)
        await server.close()
