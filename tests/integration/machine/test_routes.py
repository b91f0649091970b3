"""Routes in the real Traefik: known before `ensure` returns, switched without losing a request."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import websockets

from rackhouse.kit.binaries import find_tools
from rackhouse.kit.errors import NotReady, Refused
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Access, HttpProbe, Port, Process, Program, Route
from rackhouse.resources.seen import Seen
from rackhouse.resources.vault import Authority
from rackhouse.targets.vault import certificates
from unit.targets.worlds import World, open_world, quiet, stamp_for

ENTRIES = ("admin", "http", "https", "door-00")
HOST = "hello.rack.localhost"
ID = Id("machine", "route", "hello")
Answer = Callable[[str, dict[str, str]], Awaitable[tuple[list[str], str]]]


@dataclass(frozen=True)
class Ingress:
    """A running Traefik and the world that it is part of."""

    world: World
    ports: dict[str, int]
    authority: Path

    async def route(self, *to: int, id: Id = ID, **more: object) -> Seen:
        spec = Route(
            application="hello",
            hosts=(HOST,),
            path="/",
            to=tuple(Text.of(f"http://127.0.0.1:{port}") for port in to),
            entries=(Text.of("http"), Text.of("https")),
            admin=Text.of(f"http://127.0.0.1:{self.ports['admin']}"),
        )
        resource = Resource(id=id, spec=replace(spec, **more))  # type: ignore[arg-type]
        return await self.world.target.ensure(resource, stamp_for(resource), {}, quiet)

    async def get(self, path: str = "/", entry: str = "http", **headers: str) -> httpx.Response:
        named = {"Host": HOST} if entry != "door-00" else {}
        context = ssl.create_default_context(cafile=self.authority)
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            scheme = "https" if entry == "https" else "http"
            url = f"{scheme}://127.0.0.1:{self.ports[entry]}{path}"
            return await client.get(
                url,
                headers=named | {k.replace("_", "-"): v for k, v in headers.items()},
                extensions={"sni_hostname": HOST},
            )


@pytest.fixture
async def ingress(tmp_path: Path) -> AsyncIterator[Ingress]:
    with open_world("machine", tmp_path / "state") as world:
        ports = {entry: await _port(world, entry) for entry in ENTRIES}
        world.paths.routes.mkdir(parents=True, mode=0o700)
        authority = _certificate(world.paths.root)
        static = world.paths.root / "ingress.yaml"
        static.write_text(json.dumps(_static(ports, world.paths.routes)))
        program = Program(
            command=(Text.of(find_tools()["traefik"]), Text.of(f"--configFile={static}"))
        )
        probe = HttpProbe(Text.of(f"http://127.0.0.1:{ports['admin']}/ping"))
        process = Resource(
            id=Id("machine", "process", "ingress"), spec=Process(program, probe, grace=3.0)
        )
        await world.target.ensure(process, stamp_for(process), {}, quiet)
        yield Ingress(world, ports, authority)


async def _port(world: World, entry: str) -> int:
    resource = Resource(id=Id("machine", "port", entry), spec=Port())
    await world.target.ensure(resource, stamp_for(resource), {}, quiet)
    return int((await world.target.output(resource.id.ref("number"))).reveal())


def _certificate(root: Path) -> Path:
    now = datetime.now(UTC)
    authority = certificates.authority(Authority("Test", ("rack.localhost",)), now)
    issuer = certificates.Issuer(authority["certificate"], authority["key"])
    issued = certificates.issue((HOST,), issuer, 30, now)
    pair = {"certFile": issued["certificate"], "keyFile": issued["key"]}
    tls = {"tls": {"certificates": [pair]}}
    (root / "routes" / "_tls.yaml").write_text(json.dumps(tls))
    (root / "ca.pem").write_text(authority["certificate"])
    return root / "ca.pem"


def _static(ports: dict[str, int], routes: Path) -> dict[str, object]:
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "ping": {"entryPoint": "admin"},
        "entryPoints": {name: {"address": f"127.0.0.1:{port}"} for name, port in ports.items()},
        "providers": {
            "providersThrottleDuration": "100ms",
            "file": {"directory": str(routes), "watch": True},
        },
    }


@asynccontextmanager
async def backend(answer: Answer, status: str = "200 OK") -> AsyncIterator[int]:
    """An HTTP server that answers the header lines and the body that `answer(path, headers)` gives.

    When it is left it answers what it has begun, then ends.
    """
    busy: set[asyncio.Task[None]] = set()
    stopping = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        busy.add(task)
        try:
            while not stopping.is_set():
                head = asyncio.ensure_future(reader.readuntil(b"\r\n\r\n"))
                stop = asyncio.ensure_future(stopping.wait())
                await asyncio.wait({head, stop}, return_when=asyncio.FIRST_COMPLETED)
                stop.cancel()
                if not head.done():
                    head.cancel()
                    break
                first, *lines = head.result().decode().strip().split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines)
                extra, body = await answer(first.split()[1], headers)
                length = f"Content-Length: {len(body)}"
                reply = "\r\n".join([f"HTTP/1.1 {status}", length, *extra, "", body])
                writer.write(reply.encode())
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            busy.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        stopping.set()
        if busy:
            await asyncio.wait(busy)


def saying(word: str, delay: float = 0.0) -> Answer:
    async def answer(path: str, headers: dict[str, str]) -> tuple[list[str], str]:
        await asyncio.sleep(delay)
        return [], word

    return answer


async def headers_of(path: str, headers: dict[str, str]) -> tuple[list[str], str]:
    return [], json.dumps(headers | {"path": path})


async def test_a_route_is_served_by_name_with_and_without_tls_and_at_its_door(
    ingress: Ingress,
) -> None:
    async with backend(saying("one")) as port:
        assert (await ingress.route(port, door=Text.of("door-00"))).ready
        for entry in ("http", "https", "door-00"):
            answer = await ingress.get(entry=entry)
            assert (answer.status_code, answer.text) == (200, "one"), entry


async def test_a_route_to_nothing_yet_says_so_and_one_that_is_removed_is_gone(
    ingress: Ingress,
) -> None:
    made = await ingress.route()
    assert (await ingress.get()).status_code == 503
    await ingress.world.target.remove(made, quiet)
    async with asyncio.timeout(3):
        while (await ingress.get()).status_code != 404:
            await asyncio.sleep(0.02)


async def test_a_path_is_a_path_and_not_a_prefix_of_letters(ingress: Ingress) -> None:
    async with backend(saying("api")) as api, backend(saying("site")) as site:
        await ingress.route(site, hosts=(HOST, "a.rack.localhost", "b.rack.localhost"))
        await ingress.route(api, id=Id("machine", "route", "hello.api"), path="/api")
        said = {path: (await ingress.get(path)).text for path in ("/api", "/api/x", "/apiary", "/")}
        assert said == {"/api": "api", "/api/x": "api", "/apiary": "site", "/": "site"}


async def test_nobody_can_say_who_they_are_but_the_console(ingress: Ingress) -> None:
    async with backend(headers_of) as port:
        await ingress.route(port)
        spoof = {"Rackhouse_Subject": "root", "Rackhouse_Identity": "forged", "Other": "kept"}
        got = (await ingress.get(**spoof)).json()
        assert "rackhouse-subject" not in got
        assert "rackhouse-identity" not in got
        assert got["other"] == "kept"
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"http://127.0.0.1:{ingress.ports['http']}/"
            for name in ("rackhouse_subject", "RACKHOUSE_IDENTITY", "rackhouse-SUBJECT"):
                got = (await client.get(url, headers={"Host": HOST, name: "root"})).text
                assert "root" not in got, name


async def test_who_is_not_signed_in_does_not_pass(ingress: Ingress) -> None:
    async def verify(path: str, headers: dict[str, str]) -> tuple[list[str], str]:
        return ["Rackhouse-Subject: owner", "Rackhouse-Identity: token"], ""

    async with (
        backend(headers_of) as application,
        backend(saying("sign in first"), "401 Unauthorized") as refuses,
        backend(verify) as accepts,
        backend(headers_of) as console,
    ):
        signed_in = {
            "access": Access.SIGNED_IN,
            "door": Text.of("door-00"),
            "sign_in": Text.of(f"http://127.0.0.1:{console}"),
        }
        await ingress.route(
            application, verify=Text.of(f"http://127.0.0.1:{refuses}/auth/verify"), **signed_in
        )
        for entry in ("http", "https", "door-00"):
            answer = await ingress.get(entry=entry, Rackhouse_Subject="root")
            assert (answer.status_code, answer.text) == (401, "sign in first"), entry
            answer = await ingress.get("/.rackhouse/ticket", entry, Rackhouse_Subject="root")
            assert answer.json()["path"] == "/.rackhouse/ticket"
            assert "rackhouse-subject" not in answer.json()
        await ingress.route(
            application, verify=Text.of(f"http://127.0.0.1:{accepts}/auth/verify"), **signed_in
        )
        got = (await ingress.get(Rackhouse_Subject="root")).json()
        assert (got["rackhouse-subject"], got["rackhouse-identity"]) == ("owner", "token")


async def test_sign_in_without_anybody_to_ask_is_refused(ingress: Ingress) -> None:
    with pytest.raises(Refused, match="asks for sign-in"):
        await ingress.route(20001, access=Access.SIGNED_IN)
    assert not (ingress.world.paths.routes / "hello.yaml").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"hosts": ("a`) || Host(`b",)},
        {"hosts": ("*.localhost",)},
        {"path": "/x`) || PathPrefix(`/"},
        {"path": "relative"},
        {"entries": (Text.of("http\nevil"),)},
        {"door": Text.of("door 7")},
        {"to": (Text.of("ftp://127.0.0.1:1"),)},
        {"to": (Text.of("http://127.0.0.1:port"),)},
        {"to": (Text.of("http://"),)},
        {"id": Id("machine", "route", "../evil")},
    ],
    ids=str,
)
async def test_what_the_ingress_could_not_read_is_never_written(
    ingress: Ingress, wrong: dict[str, object]
) -> None:
    with pytest.raises(Refused):
        await ingress.route(20001, **wrong)  # type: ignore[arg-type]
    assert [path.name for path in ingress.world.paths.routes.iterdir()] == ["_tls.yaml"]


async def test_an_ingress_that_cannot_take_it_is_an_error_and_the_route_is_half_made(
    ingress: Ingress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rackhouse.targets.machine.routes._PATIENCE", 0.5)
    (ingress.world.paths.routes / "broken.yaml").write_text("{")
    with pytest.raises(NotReady, match="did not take the route"):
        await ingress.route(20001)
    (seen,) = await ingress.world.target.observe({ID})
    assert seen.stamp is not None
    assert seen.stamp.found == ""
    (ingress.world.paths.routes / "broken.yaml").unlink()
    assert (await ingress.route(20001)).ready


async def test_fifty_routes_at_once_are_all_known_when_they_are_said_to_be(
    ingress: Ingress,
) -> None:
    async with backend(saying("one")) as port:
        names = [f"app{n}" for n in range(50)]
        made = (
            ingress.route(port, id=Id("machine", "route", n), hosts=(f"{n}.rack.localhost",))
            for n in names
        )
        await asyncio.gather(*made)
        for name in names:
            assert (await ingress.get(Host=f"{name}.rack.localhost")).status_code == 200


async def test_a_web_socket_passes_and_outlives_a_switch(ingress: Ingress) -> None:
    async def echo(socket: websockets.ServerConnection) -> None:
        async for word in socket:
            await socket.send(word)

    async with websockets.serve(echo, "127.0.0.1", 0) as server:
        await ingress.route(server.sockets[0].getsockname()[1])
        url = f"ws://{HOST}:{ingress.ports['http']}/"
        async with websockets.connect(url, host="127.0.0.1", proxy=None) as client:
            await client.send("before")
            assert await client.recv() == "before"
            async with backend(saying("two")) as other:
                await ingress.route(other)
                assert (await ingress.get()).text == "two"
                await client.send("after")
                assert await client.recv() == "after"


async def test_no_request_fails_while_the_route_is_switched_under_load(ingress: Ingress) -> None:
    """Ten releases: start the new, switch, wait as `drain` does, stop the old."""
    stop, counts, failures = asyncio.Event(), {"asked": 0}, list[str]()
    seen = set[str]()

    async def load() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            while not stop.is_set():
                counts["asked"] += 1
                url = f"http://127.0.0.1:{ingress.ports['http']}/"
                try:
                    answer = await client.get(url, headers={"Host": HOST})
                except httpx.HTTPError as error:
                    failures.append(repr(error))
                    continue
                seen.add(answer.text)
                if answer.status_code != 200:
                    failures.append(f"{answer.status_code} {answer.text}")

    @asynccontextmanager
    async def release(number: int) -> AsyncIterator[None]:
        async with backend(saying(f"r{number}", delay=0.02)) as port:
            await ingress.route(port)
            assert (await ingress.get()).text == f"r{number}"
            yield

    current = release(0)
    await current.__aenter__()
    loads = [asyncio.create_task(load()) for _ in range(8)]
    while not seen:  # a busy machine may take longer to begin than a release to go
        await asyncio.sleep(0.01)
    for number in range(1, 10):
        following = release(number)
        await following.__aenter__()
        await asyncio.sleep(0.3)
        await current.__aexit__(None, None, None)
        current = following
    stop.set()
    await asyncio.gather(*loads)
    await current.__aexit__(None, None, None)
    assert failures == []
    assert counts["asked"] > 100
    assert seen == {f"r{number}" for number in range(10)}
