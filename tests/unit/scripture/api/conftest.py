"""The application over a small library, without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from rackhouse.services.scripture.api.app import create
from unit.scripture.api.held import HELD, NOTED


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create(HELD), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        yield client


@pytest.fixture
async def noted() -> AsyncIterator[httpx.AsyncClient]:
    """With a third translation, which has notes and Strong's numbers."""
    transport = httpx.ASGITransport(create(NOTED), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        yield client
