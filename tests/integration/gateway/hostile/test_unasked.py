"""Paths that ask no model ask something of us: they are within a key's rate as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from fakes.models.rack import model
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import paths
from rackhouse.services.gateway.model.config import Config, Key, Kind, Upstream
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.service.telemetry.archive import Memory
from rackhouse.services.gateway.service.telemetry.journal import Telemetry

_CONFIG = Config(
    upstreams=(
        Upstream(name="one", kind=Kind.VLLM, url="http://127.0.0.1:1", model="m", local=True),
    ),
    models=(model("one", name="a"),),
    keys=(Key(name="k", application="k", secret="sk-test", requests_per_minute=2),),
)
_MESSAGE = {"model": "a", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}


class _Counted(Memory):
    """Knows for which ids it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def told(self, id: str, key: str) -> Entry | None:
        self.asked.append(id)
        return await super().told(id, key)


@asynccontextmanager
async def _client(archive: Memory) -> AsyncIterator[httpx.AsyncClient]:
    async with wiring.opened(_CONFIG) as gateway:
        assert isinstance(gateway.parts.journal, Telemetry)
        gateway.parts.journal.archive = archive
        transport = httpx.ASGITransport(paths(_CONFIG, gateway))
        headers = {"authorization": "Bearer sk-test"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://gateway", headers=headers
        ) as client:
            yield client


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("messages/count_tokens", _MESSAGE, 200), ("feedback", {"id": "nobody's", "score": 1}, 404)],
)
async def test_who_asks_too_often_is_told_so(path: str, body: object, status: int) -> None:
    async with _client(Memory()) as client:
        answers = [await client.post(f"/v1/{path}", json=body) for _ in range(3)]
    assert [each.status_code for each in answers] == [status, status, 429]


@pytest.mark.slow
async def test_an_id_that_cannot_be_ours_is_not_looked_for() -> None:
    archive = _Counted()
    async with _client(archive) as client:
        for id in ("A" * 32, "0" * 32):
            answer = await client.post("/v1/feedback", json={"id": id, "score": 1})
            assert answer.status_code == 404
    assert set(archive.asked) == {"0" * 32}
