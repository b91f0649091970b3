"""Pushes under load: not a request fails, none sees an older version once the newer is live; and
many pushes to many repositories at once, of which none is lost.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from e2e.conftest import Rack, end, eventually, new_rack
from e2e.test_push import BARE, Desk, working

pytestmark = [pytest.mark.xdist_group("push"), pytest.mark.slow]

DEPLOYS = 50
CONNECTIONS = 32
REPOSITORIES, PUSHES = 20, 10
PROGRAM = """
import os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from words import VERSION

class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(0.5 if self.path == "/slow" else 0)
        body = str(VERSION).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass

ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Hello).serve_forever()
"""


@dataclass
class Load:
    """What each request began at, and which version answered; 0 for one that failed."""

    url: str
    seen: list[tuple[float, int]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    over: bool = False

    async def visit(self, number: int) -> None:
        """One connection; every fourth asks for what takes half a second."""
        path = "/slow" if number % 4 == 0 else "/"
        limits = httpx.Limits(max_keepalive_connections=1 if number % 2 else 0)
        async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as client:
            while not self.over:
                began = time.monotonic()
                try:
                    answer = await client.get(self.url + path)
                    version = int(answer.text) if answer.status_code == 200 else 0
                    if not version:
                        self.failures.append(f"{path}: {answer.status_code}")
                except httpx.HTTPError as error:
                    version = 0
                    self.failures.append(f"{path}: {error!r}")
                self.seen.append((began, version))
                await asyncio.sleep(0.05)


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    rack = new_rack(tmp_path / "rack")
    rack.file.write_text(BARE)
    try:
        rack.run("up", "--detach")
        yield rack
    finally:
        end(rack)


def application(rack: Rack, folder: Path) -> Desk:
    desk = working(rack, folder)
    (folder / "test_words.py").unlink()
    desk.write(server__py=PROGRAM, words__py="VERSION = 1\n")
    return desk


async def test_fifty_deploys_under_load(rack: Rack, tmp_path: Path) -> None:
    desk = application(rack, tmp_path / "hello")
    assert "LIVE: " in desk.push("1")
    load = Load(rack.plain("hello"))
    visits = [asyncio.ensure_future(load.visit(number)) for number in range(CONNECTIONS)]
    live: list[tuple[float, int]] = []
    try:
        for version in range(2, DEPLOYS + 2):
            said = await asyncio.to_thread(
                desk.push, str(version), words__py=f"VERSION = {version}\n"
            )
            assert "LIVE: " in said
            live.append((time.monotonic(), version))
    finally:
        load.over = True
        await asyncio.gather(*visits)
    assert not load.failures, load.failures[:5]
    assert len(load.seen) > DEPLOYS * CONNECTIONS
    wrong = [
        (began, seen, version)
        for began, seen in load.seen
        for moment, version in live[-1:] + [pair for pair in live if pair[0] <= began][-1:]
        if moment <= began and seen < version
    ]
    assert not wrong, wrong[:5]


def test_two_hundred_pushes_to_twenty_repositories(rack: Rack, tmp_path: Path) -> None:
    """None is lost, each repository keeps its order, and the forge stays small."""
    desks = [application(rack, tmp_path / f"r{n}") for n in range(REPOSITORIES)]
    forge = psutil.Process(rack.pid("forge"))
    before = forge.memory_info().rss

    def push_all(desk: Desk) -> None:
        (desk.folder / "Procfile").unlink()  # a library: what is tried here is the queue
        (desk.folder / "server.py").unlink()
        for number in range(PUSHES):
            desk.push(str(number), words__py=f"VERSION = {number}\n")

    with ThreadPoolExecutor(REPOSITORIES) as pool:
        list(pool.map(push_all, desks))
    for desk in desks:
        name, head = desk.folder.name, desk.git("rev-parse", "HEAD").strip()
        eventually(lambda name=name: runs(rack, name)[0]["status"] == "passed", timeout=120)
        found = runs(rack, name)
        assert found[0]["sha"] == head
        assert len(found) == PUSHES, "each push has its run"
        assert {run["status"] for run in found} <= {"passed", "superseded"}
        begun = [run["began"] for run in reversed(found) if run["status"] == "passed"]
        assert begun == sorted(begun), "in the order of the pushes"
    assert rack.pid("forge") == forge.pid, "it was not restarted"
    assert forge.memory_info().rss - before < 100_000_000


def runs(rack: Rack, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        rack.run("runs", "list", name, "-n", "100", "--json").stdout
    )
    return found
