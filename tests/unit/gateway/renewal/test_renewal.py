"""Another file while the gateway serves: nobody who has begun, or comes, notices."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from rackhouse.services.gateway.api import renewal
from rackhouse.services.gateway.api.renewal import Renewed
from rackhouse.services.gateway.model.config import Config
from rackhouse.services.gateway.settings import File

PATIENCE = 20


class House:
    """Gateways that answer with their rack's name, the slow ones once they are let."""

    def __init__(self) -> None:
        self.next: list[Config | None] = []
        self.failing = 0
        self.open: list[str] = []
        self.go_on = asyncio.Event()
        self.hold = asyncio.Event()
        self.hold.set()

    def changed(self) -> Config | None:
        return self.next.pop(0) if self.next else None

    @asynccontextmanager
    async def opening(self, config: Config) -> AsyncIterator[ASGIApp]:
        if self.failing:
            self.failing -= 1
            raise OSError("the database is away")

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] == "/slow":
                await self.go_on.wait()
            await send({"type": config.rack})

        self.open.append(config.rack)
        try:
            await self.hold.wait()
            yield app
        finally:
            self.open.remove(config.rack)


async def ask(app: ASGIApp, path: str = "/") -> str:
    """Whose answer it is."""
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await app({"type": "http", "path": path}, receive, send)
    return str(told[0]["type"])


@asynccontextmanager
async def serving(house: House) -> AsyncIterator[Renewed]:
    app = Renewed(Config(rack="old"), house.changed, house.opening)
    async with app._lifespan(app._life):
        yield app


async def until(app: Renewed, rack: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await ask(app) != rack:
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "_EVERY", 0.002)


async def test_what_has_begun_ends_where_it_began_and_the_old_one_is_closed_then() -> None:
    house = House()
    async with serving(house) as app:
        slow = asyncio.create_task(ask(app, "/slow"))
        await asyncio.sleep(0)
        house.next.append(Config(rack="new"))
        await until(app, "new")
        assert house.open == ["old", "new"]
        house.go_on.set()
        assert await slow == "old"
        async with asyncio.timeout(PATIENCE):
            while house.open != ["new"]:
                await asyncio.sleep(0.01)
    assert house.open == []


async def test_what_cannot_be_opened_is_tried_again_while_the_old_one_serves() -> None:
    house = House()
    async with serving(house) as app:
        house.failing = 2
        house.next.append(Config(rack="new"))
        assert await ask(app) == "old"
        await until(app, "new")
        assert house.failing == 0


async def test_at_the_end_everything_is_closed_also_what_was_still_asked() -> None:
    house = House()
    async with serving(house) as app:
        slow = asyncio.create_task(ask(app, "/slow"))
        await asyncio.sleep(0)
        house.next.append(Config(rack="new"))
        await until(app, "new")
    assert house.open == []
    house.go_on.set()
    await slow


async def test_what_was_only_being_opened_at_the_end_is_closed() -> None:
    house = House()
    async with serving(house) as app:
        house.hold.clear()
        house.next.append(Config(rack="new"))
        async with asyncio.timeout(PATIENCE):
            while "new" not in house.open:
                await asyncio.sleep(0.01)
        assert await ask(app) == "old"
    async with asyncio.timeout(PATIENCE):
        while house.open:
            await asyncio.sleep(0.01)


def test_a_file_says_once_that_it_is_another(tmp_path: Path) -> None:
    path = tmp_path / "models.json"

    def write(text: str) -> None:
        path.with_suffix(".new").write_text(text)
        path.with_suffix(".new").replace(path)

    write(json.dumps({"rack": "one"}))
    file = File(path)
    assert (file.config.rack, file.changed()) == ("one", None)
    write(json.dumps({"rack": "two"}))
    found = file.changed()
    assert found is not None
    assert (found.rack, file.changed()) == ("two", None)
    write(json.dumps({"rack": "two"}))
    assert file.changed() is None


@pytest.mark.parametrize(
    "wrong",
    [b"", b"{", b'{"rack": 1}', b'{"unknown": 1}', b"[]", b'{"rack": "\xff"}', b"[" * 10**5],
)
def test_a_file_that_is_wrong_changes_nothing(tmp_path: Path, wrong: bytes) -> None:
    path = tmp_path / "models.json"
    path.write_text("{}")
    file = File(path)
    path.write_bytes(wrong)
    assert file.changed() is None
    path.unlink()
    path.mkdir()  # for a moment
    assert file.changed() is None
    path.rmdir()
    path.touch()
    path.unlink()
    assert file.changed() is None
    path.write_text('{"rack": "mended"}')
    found = file.changed()
    assert found is not None
    assert found.rack == "mended"


async def test_whatever_the_file_was_the_next_one_is_read() -> None:
    house, broken = House(), 3

    def changed() -> Config | None:
        nonlocal broken
        broken -= 1
        if broken >= 0:
            raise OSError("the disk is tired")
        return house.changed()

    app = Renewed(Config(rack="old"), changed, house.opening)
    async with app._lifespan(app._life):
        house.next.append(Config(rack="new"))
        await until(app, "new")
