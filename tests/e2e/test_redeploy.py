"""New versions go live, and old ones again, while people use the guestbook: no request fails."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from e2e.conftest import Rack, eventually

pytestmark = pytest.mark.xdist_group("rack")

VISITORS = 16
FORM = b"name=Ada&message=Hello+under+load"
GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = (
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n" % len(FORM)
)


@dataclass
class Load:
    """Visitors of a plain door: half keep their connection, half open one for each request."""

    port: int
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    over: bool = False

    async def visit(self, number: int) -> None:
        """One visitor: reads and writes in turn, until it is over."""
        keep, turn, pair = number % 2 == 0, number // 2, None
        while not self.over:
            turn += 1
            try:
                pair = pair or await asyncio.open_connection("127.0.0.1", self.port)
                status, open_ = await asyncio.wait_for(_ask(*pair, write=turn % 2 == 0), 20)
            except (OSError, ValueError, EOFError, TimeoutError) as error:
                self.failures.append(f"visitor {number}, request {turn}: {error!r}")
                status, open_ = 0, False
            self.statuses[status] += 1
            if pair and not (keep and open_):
                pair[1].close()
                pair = None
            await asyncio.sleep(0.02)
        if pair:
            pair[1].close()

    @property
    def written(self) -> int:
        """How many entries were acknowledged."""
        return self.statuses[303]


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, write: bool
) -> tuple[int, bool]:
    """One request to its last byte: the status, and whether the connection stays open.

    EOFError when the answer is cut.
    """
    writer.write(POST + b"\r\n" + FORM if write else GET + b"\r\n")
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if "transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    else:
        length = re.search(r"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
    return int(head.split()[1]), "connection: close" not in head


@contextlib.asynccontextmanager
async def under_load(rack: Rack) -> AsyncIterator[Load]:
    """For the block, visitors are at the guestbook; after it, none of them was let down."""
    load = Load(port=httpx.URL(rack.plain("guestbook")).port or 0)
    visits = [asyncio.ensure_future(load.visit(number)) for number in range(VISITORS)]
    try:
        await asyncio.sleep(0.5)
        yield load
        await asyncio.sleep(1)
    finally:
        load.over = True
        await asyncio.gather(*visits)
    assert not load.failures, load.failures[:5]
    assert set(load.statuses) == {200, 303}, load.statuses
    assert min(load.statuses.values()) > VISITORS


def _write_version(rack: Rack, version: str, then: str = "") -> Path:
    """The folder of the guestbook, of that version; `then` is put at the end of its program."""
    folder = rack.file.parent / "apps" / "guestbook"
    program = folder / "main.py"
    source = (rack.file.parent / "original.py").read_text()
    program.write_text(source.replace('VERSION = "1"', f'VERSION = "{version}"') + then)
    return folder


def _version(rack: Rack) -> str:
    answer = httpx.get(f"{rack.plain('guestbook')}/healthz")
    assert answer.status_code == 200
    return str(answer.json()["version"])


def _entries(rack: Rack) -> int:
    query = ["psql", "guestbook", "--", "-At", "-c", "SELECT count(*) FROM entry"]
    return int(rack.run(*query).stdout)


@pytest.fixture
def guestbook(fresh: Callable[..., Rack]) -> Rack:
    """A rack of the test's own, with the guestbook live."""
    rack = fresh("guestbook")
    original = rack.file.parent / "apps" / "guestbook" / "main.py"
    (rack.file.parent / "original.py").write_text(original.read_text())
    rack.run("up", "--detach")
    return rack


@pytest.mark.slow
async def test_new_versions_and_a_rollback_under_load_fail_no_request(guestbook: Rack) -> None:
    written = 0
    for version, command in (("2", "deploy"), ("3", "deploy"), ("2", "rollback")):
        if command == "deploy":
            argv = ["deploy", str(_write_version(guestbook, version))]
        else:
            argv = ["rollback", "guestbook"]
        async with under_load(guestbook) as load:
            await asyncio.to_thread(guestbook.run, *argv)
            assert await asyncio.to_thread(_version, guestbook) == version
        written += load.written
        assert _entries(guestbook) == written
    eventually(lambda: guestbook.run("plan").stdout.strip().endswith("nothing to do"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("\nraise SystemExit('it cannot start')\n", id="ends-at-once"),
        pytest.param(
            "\n\nasync def ill(request):\n    return Response(status_code=500)\n\n\n"
            "app.router.routes.insert(0, Route('/healthz', ill))\n",
            id="never-well",
        ),
    ],
)
async def test_a_version_that_fails_leaves_the_old_one_serving(guestbook: Rack, fault: str) -> None:
    before = _remains(guestbook)
    folder = _write_version(guestbook, "2", fault)
    async with under_load(guestbook):
        done = await asyncio.to_thread(guestbook.run, "deploy", str(folder), code=6)
        assert await asyncio.to_thread(_version, guestbook) == "1"
    assert "guestbook" in done.stderr
    assert guestbook.status()["ready"], guestbook.status()["why"]
    assert _remains(guestbook) == before
    # And it is mended by a version that works.
    guestbook.run("deploy", str(_write_version(guestbook, "3")))
    assert _version(guestbook) == "3"


def _remains(rack: Rack) -> set[str]:
    """What a release leaves: units, their states, snapshots."""
    places = ("states/guestbook*", "units/guestbook*", "releases/guestbook/*")
    return {str(p.relative_to(rack.home)) for place in places for p in rack.home.glob(place)}
