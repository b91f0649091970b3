"""The application over the twins, without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from rackhouse.services.study.api.app import Parts, built, routes
from rackhouse.services.study.clients.identity import Everybody
from rackhouse.services.study.service.answering import Answering
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.memory import MemoryRetrieval, MemoryScripture
from rackhouse.services.study.service.study import Study
from unit.study import held

SEARCH = held.retrieval()


@pytest.fixture
def scripture() -> MemoryScripture:
    return held.scripture()


@pytest.fixture
def retrieval() -> MemoryRetrieval:
    SEARCH.away = False
    return SEARCH


@pytest.fixture
async def client(
    scripture: MemoryScripture, retrieval: MemoryRetrieval
) -> AsyncIterator[httpx.AsyncClient]:
    asking = Asking(scripture, retrieval)
    study = Study(asking, Answering(asking, scripture, retrieval))
    parts = Parts(study=study, who=Everybody("ruth"))
    transport = httpx.ASGITransport(built(routes(parts)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://study") as client:
        yield client
