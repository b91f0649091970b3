"""A container on a real engine: made as asked, healthy before it counts, mended, removed."""

from __future__ import annotations

import pytest

from integration.docker.conftest import container, id_of, look, make, quiet
from rackhouse.resources.core import Resource
from rackhouse.targets.docker import Docker
from rackhouse.targets.docker.engine import Engine

pytestmark = pytest.mark.slow


async def test_it_runs_and_is_removed(target: Docker, engine: Engine, name: str) -> None:
    id = id_of("container", name)
    made = await make(target, Resource(id=id, spec=container()))
    assert made.ready, made.why
    assert [line async for line in target.logs(id)] == ["up"]
    await target.remove(made, quiet)
    assert await look(target, id) is None
