"""The application over a small library, without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from rackhouse.services.scripture.api.app import create
from unit.scripture.api.held import HELD


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create(HELD), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        yield client
