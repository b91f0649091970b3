"""The application over the twins, without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from rackhouse.services.study.api.app import Parts, built, routes
from rackhouse.services.study.service.answering import Answering
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.conversing import Conversing
from rackhouse.services.study.service.kept import MemoryKept
from rackhouse.services.study.service.memory import MemoryRetrieval, MemoryScripture
from rackhouse.services.study.service.study import Study
from unit.study import held


class Named:
    """Whoever the token says: what verifies it is tested by itself."""

    async def subject(self, token: str) -> str:
        return token or "ruth"


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
    kept = MemoryKept()
    study = Study(asking, Answering(asking, scripture, retrieval), Conversing(kept))
    parts = Parts(study=study, who=Named(), kept=kept, scripture=scripture, retrieval=retrieval)
    transport = httpx.ASGITransport(built(routes(parts)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://study") as client:
        yield client
