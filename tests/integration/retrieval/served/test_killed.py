"""The process as it is started: killed in the middle of a job with `kill -9`, and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.models.desk import Desk
from fakes.models.script import Act
from fakes.models.waiting import until
from fakes.stores import free_port
from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.settings import Settings
from rackhouse.services.retrieval.store import collections
from rackhouse.services.retrieval.store.database import Tenancy, opened
from retrieval.crowd import MODEL, Crowd, written

from .conftest import KEYS, Service, given

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parents[4] / "src"
BATCH = 128


@contextmanager
def started(settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], Service]]:
    """The process, as soon as it answers."""
    port = free_port()
    paths = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
    more = {
        "PORT": str(port),
        "DATABASE_URL": settings.database_url,
        "RETRIEVAL_TENANTS": str(settings.tenants),
        "GATEWAY_URL": settings.gateway,
        "GATEWAY_KEY": settings.key,
        "GATEWAY_MODEL": settings.model,
        "RETRIEVAL_LARGE": str(settings.large),
        "PYTHONPATH": paths,
    }
    command = [sys.executable, "-m", "rackhouse.services.retrieval"]
    headers = {"authorization": f"Bearer {KEYS['study']}"}
    with (
        subprocess.Popen(command, env={**os.environ, **more}) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, headers=headers) as client,
    ):
        try:
            for _ in range(600):
                try:
                    client.get("/healthz")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield process, Service(client, settings.tenants)
        finally:
            process.kill()


def _texts(gateway: Desk) -> list[str]:
    """All that was embedded, in batches."""
    return [text for each in gateway.scripts["first"].asked for text in each["input"]]


def test_a_killed_job_is_gone_on_with_where_it_was(settings: Settings, gateway: Desk) -> None:
    texts = {f"p{at}": f"words number {at}" for at in range(4 * BATCH)}
    script = gateway.scripts["first"]
    with started(settings) as (process, service):
        service.put()
        script.always = Act(wait=0.2)
        body = {"documents": [given("d", **texts)]}
        job = service.client.post("/v1/collections/c/documents", json=body).json()["job"]
        until(lambda: service.client.get(f"/v1/jobs/{job}").json()["embedded"] > 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = len(_texts(gateway))
    assert before < 4 * BATCH
    script.always = Act()
    with started(settings) as (_, service):
        _soon(settings)
        assert service.ended(job)["state"] == "done"
        found = service.client.get("/v1/collections/c").json()
        assert (found["passages"], found["embedded"]) == (4 * BATCH, 4 * BATCH)
        assert len(service.search("number 7")["hits"]) == 10
    asked = _texts(gateway)
    assert set(texts.values()) <= set(asked)
    twice = len(asked) - len(set(asked))
    assert twice <= 2 * BATCH


def test_a_process_that_is_killed_leaves_no_half_an_index(settings: Settings) -> None:
    crowd = Crowd(5_000)
    asyncio.run(_written(settings.database_url, crowd))
    settings = replace(settings, large=1_000)

    def index(service: Service) -> dict[str, Any]:
        found: dict[str, Any] = service.client.get("/v1/collections/c").json()["index"] or {}
        return found

    def soon(holds: Callable[[], object]) -> None:
        end = time.monotonic() + 120  # it has 20 s of work, where nobody else works
        while not holds():
            assert time.monotonic() < end, index(service)
            time.sleep(0.01)

    with started(settings) as (process, service):
        soon(lambda: index(service).get("progress") is not None)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with started(settings) as (_, service):
        soon(lambda: index(service).get("state") == "serving")
        found = index(service)
        assert found["recall"] >= 0.95
        assert (found["vectors"], found["said"]) == (5_000, "")
        lines = service.client.get("/metrics").text.splitlines()
        assert f"rackhouse_retrieval_index_recall_lowest {found['recall']:.10g}" in lines
        assert 'rackhouse_retrieval_indexes{state="serving"} 1' in lines
        assert service.search("own1234")["hits"][0]["passage"] == "1234"


async def _written(url: str, crowd: Crowd) -> None:
    async def work(connection: Connection) -> None:
        more: dict[str, Any] = {"resolver": None, "language": None, "codes": None}
        await collections.put(connection, "study", "c", model=MODEL, usual=MODEL, **more)
        await written(connection, "study", "c", crowd)

    async with opened(url) as database:
        await Tenancy(database).within("study", work, patience=300)


def _soon(settings: Settings) -> None:
    """As if the lease of the killed one had ended."""
    import psycopg

    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("SELECT set_config('rackhouse.tenant', 'study', false)")
        connection.execute("UPDATE jobs SET lease = now()")


def test_what_it_is_not_told_right_is_said(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rackhouse.services.retrieval"]
    plain = {"PATH": os.defpath, "PYTHONPATH": str(SOURCE)}
    for told, words in (
        ({}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://x", "GATEWAY_URL": "x:y@z"}, "GATEWAY_URL"),
        ({"DATABASE_URL": "postgresql://x", "RETRIEVAL_TENANTS": str(tmp_path / "none")}, "none"),
    ):
        done = subprocess.run(
            command, env=plain | told, capture_output=True, check=False, text=True
        )
        assert done.returncode in {3, 5, 64}
        assert words in done.stderr
        assert "fix:" in done.stderr
