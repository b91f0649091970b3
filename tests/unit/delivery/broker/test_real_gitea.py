"""What the broker believes of Gitea, asked of a real one, where there is one."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from rackhouse.delivery.broker.gitea import Gitea
from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Hidden
from unit.gitea.real import real

pytestmark = pytest.mark.slow


@asynccontextmanager
async def made(http: httpx.AsyncClient, user: str, name: str) -> AsyncIterator[Hidden]:
    """A repository of that name, and a token of its owner; neither stays."""
    tokens = f"/api/v1/users/{user}/tokens"
    try:
        repository = {"name": name, "private": True}
        (await http.post("/api/v1/user/repos", json=repository)).raise_for_status()
        said = {"name": name, "scopes": ["write:repository"]}
        given = (await http.post(tokens, json=said)).raise_for_status().json()
        yield Hidden(given["sha1"])
    finally:
        await http.delete(f"{tokens}/{name}")
        await http.delete(f"/api/v1/repos/{user}/{name}")


async def test_who_may_write_a_repository_and_what_it_is_called() -> None:
    it = real()
    user = it.user
    name = f"broker-{uuid.uuid4().hex[:8]}"
    async with (
        httpx.AsyncClient(base_url=it.url, auth=(user, it.password)) as http,
        made(http, user, name) as token,
        httpx.AsyncClient() as bare,
    ):
        gitea = Gitea(it.url, bare)
        assert await gitea.writes(f"{user}/{name.upper()}", token) == f"{user}/{name}"
        with pytest.raises(Refused, match="sees no repository"):
            await gitea.writes(f"{user}/{name}-other", token)
        with pytest.raises(Refused, match="does not know its token"):
            await gitea.writes(f"{user}/{name}", Hidden("0" * 40))
