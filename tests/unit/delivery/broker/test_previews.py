"""The broker's previews: who may not open one, and what is none. `tests/e2e` opens them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rackhouse.app import score
from rackhouse.app.codec import encode
from rackhouse.delivery.broker.app import Broker
from rackhouse.delivery.broker.gitea import Gitea
from rackhouse.delivery.broker.pace import Pace
from rackhouse.delivery.broker.previews import sweeping
from rackhouse.resources.seen import Stamp
from rackhouse.targets.kube.server import Server
from unit.delivery.broker.place import JOB, READER, Place

APP = encode(
    score.parse("""
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {web: {image: ., command: [web]}}
""")
)
ASKED = {"repository": "home/hello", "application": "hello", "branch": "try", "app": APP}


async def answers(path: str, asked: dict[str, Any], token: str = JOB) -> tuple[int, str]:
    async with Place().http() as http:
        headers = {"authorization": f"Bearer {token}"}
        found = await http.post(path, json=asked, headers=headers)
        return found.status_code, found.json().get("what", "")


@pytest.mark.parametrize("path", ["/preview", "/preview/closed"])
@pytest.mark.parametrize(
    ("more", "token", "why"),
    [
        ({}, "nobody", "Gitea does not know its token"),
        ({}, READER, "may not write home/hello"),
        ({"application": "other"}, JOB, "other is not of the repository home/hello"),
        ({"application": "data"}, JOB, "the rack has not brought data to this cluster"),
        ({"branch": ""}, JOB, "no branch is called so"),
        ({"branch": "x" * 201}, JOB, "no branch is called so"),
        ({"branch": "a\nb"}, JOB, "no branch is called so"),
        ({"branch": 3}, JOB, "no branch is called so"),
    ],
)
async def test_who_may_not(path: str, more: dict[str, Any], token: str, why: str) -> None:
    code, what = await answers(path, {**ASKED, **more}, token)
    assert code in {403, 404}
    assert why in what


@pytest.mark.parametrize("app", [None, "{", "[]", "{}", '{"name": 3}', APP])
async def test_what_is_no_release_of_an_application(app: Any) -> None:
    code, what = await answers("/preview", {**ASKED, "app": app})
    assert code == 403
    assert "no release" in what or "no application" in what


@pytest.mark.slow
async def test_what_is_over_leaves_by_itself_also_after_the_server_was_away() -> None:
    place = Place(away=True)
    root = place.server("root")

    @asynccontextmanager
    async def opens() -> AsyncIterator[Server]:
        async with place.opens() as own:
            yield own if place.away else root

    stamp = Stamp(rack="home.previews", digest="1").to_json()
    over = {"rackhouse.dev/until": "2020-01-01T00:00:00Z", "rackhouse.dev/stamp": stamp}
    labels = {"rackhouse.dev/preview-of": "hello", "rackhouse.dev/rack": "home.previews"}
    body = {"metadata": {"name": "try--hello", "labels": labels, "annotations": over}}
    await root.ask("POST", "/api/v1/namespaces", body=body)
    broker = Broker(gitea=Gitea("http://git.test", place.http()), opens=opens, pace=Pace(lambda: 0))
    working = asyncio.create_task(sweeping(broker, every=0.01))
    await asyncio.sleep(0.05)
    place.away = False
    async with asyncio.timeout(20):
        while not await gone(root):
            await asyncio.sleep(0.01)
    working.cancel()


async def gone(server: Server) -> bool:
    found = await server.ask("GET", "/api/v1/namespaces/try--hello", fine=(404,))
    return found is None or bool(found["metadata"].get("deletionTimestamp"))
