"""The ingress: names and doors, its certificate, and whom it believes."""

from __future__ import annotations

import asyncio
import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import pytest
import websockets

from integration.parts.conftest import free_port
from integration.parts.starter import Known, World, tools
from rackhouse.desired.embedded import ingress as part
from rackhouse.rack.model import Rack
from rackhouse.resources.machine import Exposure, entry_name
from rackhouse.targets.machine.traefik import Filled, render
from rackhouse.targets.vault import certificates

HOST = "hello.rack.localhost"


@dataclass(frozen=True)
class Ingress:
    """A started ingress."""

    root: Path
    values: Known
    pid: int

    @property
    def routes(self) -> Path:
        return self.root / "routes"

    def port(self, name: str) -> int:
        made = part.ingress(Rack(), tools())
        return int(made.outputs[name].fill(self.values).rpartition(":")[2])

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.root / "authority.pem"))

    def lay(self, name: str, content: str) -> None:
        """As `kit.files.write_atomic` lays a file: a draft that is passed by, and a rename."""
        draft = self.routes / f".{name}.tmp"
        draft.write_text(content)
        draft.replace(self.routes / name)


@pytest.fixture(scope="module")
def ingress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingress]:
    root = tmp_path_factory.mktemp("ingress")
    world = World(root, (part.ingress(Rack(), tools(), hosts=(HOST,)),))
    try:
        world.start()
        yield Ingress(root, world.values, world.processes["ingress"].pid)
    finally:
        world.stop()


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that it got, and with how long the body was."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        got = {"length": len(self.rfile.read(length)), "headers": dict(self.headers)}
        body = json.dumps(got).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  http.server calls it so

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def backend() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def door(ingress: Ingress, backend: str) -> str:
    """The plain form of a route that is laid."""
    name = entry_name(Exposure.LOOPBACK, 3)
    entries = (part.HTTP, part.HTTPS)
    route = Filled(name="hello", hosts=(HOST,), path="/", to=(backend,), entries=entries, door=name)
    ingress.lay("hello.yaml", render(route))
    url = f"http://127.0.0.1:{ingress.port('doors') + 3}"
    until(lambda: httpx.get(url).status_code == 200)
    return url


def until(true: Callable[[], bool], patience: float = 5.0) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_route_answers_at_its_names_and_its_door(ingress: Ingress, door: str) -> None:
    plain = f"http://127.0.0.1:{ingress.port('http')}"
    assert httpx.get(plain, headers={"Host": HOST}).status_code == 200
    assert httpx.get(plain, headers={"Host": "other.rack.localhost"}).status_code == 404
    assert httpx.get(plain).status_code == 404
    assert httpx.get(door, headers={"Host": "anything.example"}).status_code == 200


def test_the_certificate_fits_every_name_that_it_was_told_of(ingress: Ingress, door: str) -> None:
    for name in (HOST, "rack.localhost", "localhost"):
        assert ask(ingress, name) == (200 if name == HOST else 404)
    with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
        ask(ingress, "other.rack.localhost")


def ask(ingress: Ingress, name: str) -> int:
    """What a program that trusts the authority alone is answered, by a connection of its own."""
    url = f"https://127.0.0.1:{ingress.port('https')}"
    with httpx.Client(verify=ingress.trusting()) as client:
        answer = client.get(url, headers={"Host": name}, extensions={"sni_hostname": name})
    return answer.status_code


def test_a_renewed_certificate_is_served_at_once(ingress: Ingress, door: str) -> None:
    issuer = certificates.Issuer(
        *(ingress.values[part.AUTHORITY.ref(name)].reveal() for name in ("certificate", "key"))
    )
    names = ("rack.localhost", HOST, "new.rack.localhost")
    ingress.values.put(
        part.CERTIFICATE, **certificates.issue(names, issuer, 397, datetime.now(UTC))
    )
    resources = {r.id: r for r in part.ingress(Rack(), tools(), hosts=(HOST,)).resources}
    ingress.lay("_tls.toml", resources[part.TLS].spec.content.fill(ingress.values))  # type: ignore[attr-defined]

    def served() -> bool:
        try:
            return ask(ingress, names[2]) == 404
        except httpx.ConnectError:
            return False

    until(served)
    assert psutil.pid_exists(ingress.pid)
    assert httpx.get(door).status_code == 200


def test_nobody_is_believed_about_who_they_are(ingress: Ingress, door: str) -> None:
    lies = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https", "X-Real-Ip": "1.2.3.4"}
    got = httpx.get(door, headers=lies).json()["headers"]
    assert got["X-Forwarded-For"] == "127.0.0.1"
    assert got["X-Forwarded-Proto"] == "http"
    assert got["X-Real-Ip"] == "127.0.0.1"


def test_a_long_upload_passes_whole(ingress: Ingress, door: str) -> None:
    assert httpx.post(door, content=b"x" * 30_000_000, timeout=60).json()["length"] == 30_000_000


async def test_websockets_pass_and_survive_a_change_of_routes(ingress: Ingress) -> None:
    async def echo(connection: websockets.ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with websockets.serve(echo, "127.0.0.1", free_port()) as server:
        [socket] = server.sockets
        name = entry_name(Exposure.LOOPBACK, 5)
        to = f"http://127.0.0.1:{socket.getsockname()[1]}"
        route = Filled(name="chat", hosts=(), path="/", to=(to,), entries=(), door=name)
        ingress.lay("chat.yaml", render(route))
        url = f"ws://127.0.0.1:{ingress.port('doors') + 5}/"
        for _ in range(100):
            try:
                connection = await websockets.connect(url)
                break
            except (websockets.InvalidStatus, OSError):
                await asyncio.sleep(0.05)
        async with connection:
            await connection.send("before")
            assert await connection.recv() == "before"
            ingress.lay("more.yaml", render(Filled(**{**vars_of(route), "name": "more"})))
            await asyncio.sleep(0.5)
            await connection.send("after")
            assert await connection.recv() == "after"


def vars_of(route: Filled) -> dict[str, object]:
    return {name: getattr(route, name) for name in route.__slots__}


def test_it_answers_for_itself_on_its_own_entry_point_alone(ingress: Ingress, door: str) -> None:
    admin = f"http://127.0.0.1:{ingress.port('admin')}"
    assert httpx.get(f"{admin}/ping").text == "OK"
    assert "traefik_entrypoint_requests_total" in httpx.get(f"{admin}/metrics").text
    for path in ("/api/rawdata", "/dashboard/", "/debug/pprof/"):
        assert httpx.get(admin + path).status_code == 404
    plain = f"http://127.0.0.1:{ingress.port('http')}"
    assert httpx.get(f"{plain}/ping").status_code == 404


def test_it_listens_on_loopback_alone(ingress: Ingress) -> None:
    import psutil

    listening = [
        each.laddr.ip
        for each in psutil.Process(ingress.pid).net_connections("tcp")
        if each.status == "LISTEN"
    ]
    assert len(listening) == 3 + part.POOL
    assert set(listening) == {"127.0.0.1"}


def test_it_is_ready_because_it_has_read_the_routes(ingress: Ingress) -> None:
    """Its own ping would answer before that. Nothing that is reached from outside answers it."""
    admin = part.ingress(Rack(), tools()).outputs["admin"].fill(ingress.values)
    assert httpx.get(f"{admin}{part.READY}").status_code == 200
    http_door = f"http://127.0.0.1:{ingress.port('http')}"
    assert httpx.get(f"{http_door}{part.READY}").status_code == 404
    file = ingress.routes / "_tls.toml"
    said = file.read_text()
    try:
        ingress.lay("_tls.toml", said.partition("[http.routers.ready]")[0])
        gone = time.monotonic() + 10
        while httpx.get(f"{admin}{part.READY}").status_code != 404:
            assert time.monotonic() < gone
            time.sleep(0.05)
    finally:
        ingress.lay("_tls.toml", said)
